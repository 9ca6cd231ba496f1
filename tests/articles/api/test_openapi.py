"""The OpenAPI document: its names are a contract with generated clients and with links to the page."""

import json
import re
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

OPERATIONS = {
    "articles": ("articles_api_articles_articles", "articles_api_articles_one_article"),
    "authors": ("articles_api_authors_authors", "articles_api_authors_one_author"),
    "categories": ("articles_api_sections_categories", "articles_api_sections_one_category"),
    "comments": ("articles_api_conversation_comments", "articles_api_conversation_one_comment"),
    "pictures": ("articles_api_pictures_pictures", "articles_api_pictures_one_picture"),
    "tags": ("articles_api_sections_tags", "articles_api_sections_one_tag"),
}
SCHEMAS = [
    "Article",
    "ArticleRef",
    "ArticlesAsked",
    "Author",
    "Authors",
    "Categories",
    "Category",
    "CategoryRef",
    "Comment",
    "Comments",
    "CommentsAsked",
    "Correction",
    "Figure",
    "FoundArticles",
    "KindRef",
    "Link",
    "NamedRef",
    "Paged",
    "ParameterMistake",
    "Picture",
    "PictureFile",
    "Pictures",
    "PicturesAsked",
    "Problem",
    "Series",
    "Sparse",
    "Tag",
    "Tags",
]


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(client.get("/api/v1/openapi.json").content)
    return loaded


def test_operations_have_the_ids_that_generated_clients_use(document: dict[str, Any]) -> None:
    ids = {path: item["get"]["operationId"] for path, item in document["paths"].items()}
    assert document["openapi"] == "3.1.0"
    assert ids == {
        path: operation_id
        for name, (many, one) in OPERATIONS.items()
        for path, operation_id in (
            (f"/api/v1/{name}/", many),
            (f"/api/v1/{name}/{{number}}/", one),
        )
    }


def test_schemas_have_the_names_that_generated_clients_use(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert sorted(schemas) == sorted(SCHEMAS)
    assert all(schema["title"] == name for name, schema in schemas.items() if "title" in schema)
    references = re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document))
    assert set(references) <= set(schemas)


def test_operations_declare_their_responses_and_describe_themselves(
    document: dict[str, Any],
) -> None:
    for path, item in document["paths"].items():
        operation = item["get"]
        statuses = {"200", "304", "400", "405", "406", "429", "503"}
        assert operation["responses"].keys() == statuses | ({"404"} if "{" in path else set())
        assert operation["description"]
        assert all(each["description"] for each in operation["parameters"])


def test_the_documentation_page_has_everything_in_the_document_and_its_links_work(
    client: Client, document: dict[str, Any]
) -> None:
    page = client.get("/api/v1/").content.decode()
    for path, item in document["paths"].items():
        assert f"GET {path}" in page
        for parameter in item["get"]["parameters"]:
            assert f"<code>{parameter['name']}</code>" in page
    for scripted in ("<style", "style=", "onclick", "cdn"):
        assert scripted not in page
    anchors = set(re.findall(r'\bid="([^"]+)"', page))
    operations = {"articles", "article", "authors", "author", "categories", "category"}
    operations |= {"comments", "comment", "pictures", "picture", "tags", "tag"}
    assert operations | {"not-acceptable"} <= anchors
    assert {f"shape-{name}" for name in SCHEMAS} <= anchors
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors | {"content", "top"}
