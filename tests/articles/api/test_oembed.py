"""oEmbed cards of articles."""

import json
from typing import Any

import pytest
from django.test import Client
from lxml import html

from articles.editorial.models import Article
from tests.articles.api.conftest import SITE

pytestmark = pytest.mark.django_db


def card(client: Client, status: int = 200, **params: Any) -> dict[str, Any]:
    response = client.get("/api/oembed/", params)
    assert response.status_code == status, response.content
    data: dict[str, Any] = json.loads(response.content)
    return data


def test_an_article_has_a_card_with_its_image_and_credit(
    client: Client, full_article: Article
) -> None:
    data = card(client, url=f"{SITE}/2026/03/the-long-way/")
    assert (data["version"], data["type"]) == ("1.0", "rich")
    assert data["title"] == "The long way"
    assert data["author_name"] == "Author of The long way, Second of The long way"
    assert data["provider_name"] == "Meridian"
    assert data["thumbnail_url"].startswith(f"{SITE}/pictures/")
    assert data["thumbnail_width"] <= 600
    assert "Ines Faro/via Meridian Pictures" in data["thumbnail_credit"]
    tree = html.fragment_fromstring(data["html"])
    assert tree.findtext(".//a") == "The long way"
    assert tree.find(".//a").get("href") == f"{SITE}/2026/03/the-long-way/"  # type: ignore[union-attr]
    assert "script" not in data["html"]


def test_markup_in_an_article_is_escaped_in_the_card(client: Client, full_article: Article) -> None:
    Article.objects.filter(pk=full_article.pk).update(
        headline='<b>"A" & B</b>', standfirst="<script>"
    )
    data = card(client, url=f"{SITE}/2026/03/the-long-way/")
    tree = html.fragment_fromstring(data["html"])
    assert tree.findtext(".//a") == '<b>"A" & B</b>'
    assert tree.find(".//script") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/2026/03/the-long-way/",
        f"{SITE}/2026/03/not-yet/",
        f"{SITE}/category/europe/",
        f"{SITE}/2026/13/the-long-way/",
        "javascript:alert(1)",
        "http://[broken",
        f"{SITE}/2026/03/%00/",
        "x" * 9000,
    ],
)
def test_other_urls_have_no_card(client: Client, full_article: Article, url: str) -> None:
    assert card(client, 404, url=url)["status"] == 404


@pytest.mark.parametrize(
    "params", [{}, {"format": "xml"}, {"maxwidth": "wide"}, {"maxheight": "0"}, {"callback": "x"}]
)
def test_invalid_parameters_are_rejected_with_a_message(
    client: Client, full_article: Article, params: dict[str, str]
) -> None:
    url = {} if not params else {"url": f"{SITE}/2026/03/the-long-way/"}
    assert card(client, 400, **url, **params)["detail"]


def test_a_small_maximum_width_gets_a_narrow_card(client: Client, full_article: Article) -> None:
    data = card(client, url="/2026/03/the-long-way/", maxwidth="320", maxheight="220")
    assert (data["width"], data["height"]) == (320, 220)
    assert data["thumbnail_width"] <= 320


def test_the_image_of_a_card_is_not_higher_than_requested(
    client: Client, full_article: Article
) -> None:
    url = "/2026/03/the-long-way/"
    height = card(client, url=url)["thumbnail_height"]
    data = card(client, url=url, maxheight=str(height - 1))
    assert data.get("thumbnail_height", 0) < height


def test_an_article_links_to_its_card(client: Client, full_article: Article) -> None:
    page = client.get(full_article.get_absolute_url())
    document = html.document_fromstring(page.content.decode())
    (link,) = document.xpath("//link[@type='application/json+oembed']/@href")
    assert json.loads(client.get(link.removeprefix(SITE)).content)["title"] == "The long way"
