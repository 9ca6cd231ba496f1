"""Image credits on pages and in metadata."""

import json
from typing import Any

import pytest
from django.test import Client

from articles.editorial.models import Portrait
from articles.images.models import Image
from articles.search import indexer
from tests import newsroom
from tests.articles.public import sample_content
from tests.articles.public.test_structured_data import structured

pytestmark = pytest.mark.django_db

AI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def image(**fields: Any) -> Image:
    return sample_content.sized(newsroom.picture(credit="Zora Quill/via Vela", **fields))


def test_every_list_shows_the_credits_of_its_images(client: Client) -> None:
    section = newsroom.category("Asia-Pacific")
    author = newsroom.author("Ines Faro")
    lead = image(digital_source_type=AI)
    article = newsroom.published(
        "Ferries", lead_image=lead, categories=[section], authors=[author], tags=["straits"]
    )
    Portrait.objects.create(author=author, image=image())
    other = newsroom.published("Tankers", categories=[section])
    sample_content.related(other, [article])
    indexer.index_article(article.pk)
    paths = ["/", "/category/asia-pacific/", "/tag/straits/", "/author/", "/search/?q=ferries"]
    for path in [*paths, author.get_absolute_url(), other.get_absolute_url()]:
        page = client.get(path).content.decode()
        assert "Zora Quill/via Vela" in page.partition("<body")[2], path
        if path != "/author/":
            assert "Made with AI" in page.partition("<body")[2], path


def test_search_engines_get_licence_licensor_and_source_type(client: Client) -> None:
    lead = image(
        digital_source_type=AI,
        byline="Zora Quill",
        copyright_notice="© 2026 Vela",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
        licensor="Vela, https://vela.example/buy.",
    )
    article = newsroom.published("Ferries", lead_image=lead)
    (about,) = structured(client, article.get_absolute_url())[0]["image"]
    assert about["contentUrl"].startswith("http")
    assert {name: about[name] for name in sorted(about) if name not in {"url", "contentUrl"}} == {
        "@type": "ImageObject",
        "acquireLicensePage": "https://vela.example/buy",
        "copyrightNotice": "© 2026 Vela",
        "creator": {"@type": "Person", "name": "Zora Quill"},
        "creditText": "Zora Quill/via Vela",
        "digitalSourceType": AI,
        "height": 426,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "width": 640,
    }


def test_an_ai_generated_portrait_without_a_credit_is_labelled(client: Client) -> None:
    author = newsroom.author("Ines Faro")
    drawn = sample_content.sized(
        newsroom.picture(
            credit="", credit_exempt=True, no_credit_reason="Ours", digital_source_type=AI
        )
    )
    Portrait.objects.create(author=author, image=drawn)
    newsroom.published("Ferries", authors=[author])
    assert "Made with AI" in client.get(author.get_absolute_url()).content.decode()


def test_the_label_is_in_the_language_of_the_article(client: Client) -> None:
    article = newsroom.published(
        "Traversées",
        language="fr",
        body=f"<p>M.</p>{sample_content.figure(image(digital_source_type=AI))}",
    )
    page = client.get(article.get_absolute_url()).content.decode()
    assert '<span class="ai-made" lang="fr" dir="ltr">Créée par IA</span>' in page
    feed = json.loads(client.get("/feed/json/").content)
    assert "Créée par IA" in feed["items"][0]["content_html"]
    data = client.get(f"/api/v1/articles/{article.pk}/?fields=html,figures").json()
    assert "Créée par IA" in data["html"]
    assert data["figures"][0]["picture"]["made_with_ai"] is True
    assert data["figures"][0]["url"].endswith(article.figures.get().get_absolute_url())
