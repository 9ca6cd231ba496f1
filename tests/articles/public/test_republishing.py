"""Articles first published elsewhere, and licences for republication."""

import json
import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from articles.editorial.models import Article
from tests import newsroom

pytestmark = pytest.mark.django_db


def page(client: Client, article: Article) -> str:
    return client.get(article.get_absolute_url()).content.decode()


def structured(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    about: dict[str, Any] = json.loads(found[1])["@graph"][0] if "@graph" in found[1] else {}
    return about or json.loads(found[1])[0]


def test_an_original_elsewhere_is_the_canonical_url(client: Client) -> None:
    article = newsroom.published("Strait", canonical_url="https://first.example/strait")
    response = client.get(article.get_absolute_url())
    assert '<link rel="canonical" href="https://first.example/strait">' in response.content.decode()
    assert '<https://first.example/strait>; rel="canonical"' in response["Link"]


def test_a_noindex_article_has_the_meta_tag_and_is_in_no_sitemap(client: Client) -> None:
    hidden = newsroom.published("Hidden", noindex=True)
    elsewhere = newsroom.published("Elsewhere", canonical_url="https://first.example/x")
    plain = newsroom.published("Plain")
    assert '<meta name="robots" content="noindex">' in page(client, hidden)
    assert "noindex" not in page(client, plain)
    for sitemap in ("/sitemap.xml", "/sitemap-news.xml"):
        listed = client.get(sitemap).content.decode()
        assert plain.get_absolute_url() in listed
        assert hidden.get_absolute_url() not in listed
        assert elsewhere.get_absolute_url() not in listed


def test_readers_see_where_it_was_first_published_and_its_licence(client: Client) -> None:
    article = newsroom.published(
        "Strait",
        first_published_in="The Harbour Review",
        first_published_url="https://first.example/strait",
        licence="CC BY-SA 4.0",
    )
    shown = page(client, article)
    assert (
        'First published in <a href="https://first.example/strait" rel="external">'
        "The Harbour Review</a>" in shown
    )
    url = "https://creativecommons.org/licenses/by-sa/4.0/"
    assert f'<a href="{url}" rel="license">CC BY-SA 4.0</a>' in shown
    about = structured(shown)
    assert about["license"] == url
    assert about["isBasedOn"] == "https://first.example/strait"
    assert "First published" not in page(client, newsroom.published("Plain"))


def test_a_url_without_a_publication_name_is_rejected(client: Client, edna: User) -> None:
    with pytest.raises(IntegrityError, match="first_published_has_name"), transaction.atomic():
        newsroom.published("Strait", first_published_url="https://first.example/strait")
    client.force_login(edna)
    kept = {"headline": "Strait", "first_published_url": "https://first.example/strait"}
    response = client.post("/admin/articles/article/add/", kept)
    assert response.context["adminform"].form.errors
    assert "https://first.example/strait" in response.content.decode()
    assert not Article.objects.exists()


def test_editors_choose_a_licence_by_its_name_and_terms(client: Client, edna: User) -> None:
    client.force_login(edna)
    form = client.get("/admin/articles/article/add/").content.decode()
    assert '<option value="CC BY-SA 4.0">CC BY-SA 4.0: attribution, share alike<' in form
    assert '<option value="CC0 1.0">CC0 1.0: public domain<' in form
