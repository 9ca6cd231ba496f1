"""The JSON-LD of the site against the vocabulary of schema.org, super-types included."""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any, Final

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from lxml import html

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial import translations
from articles.editorial.models import Article, ArticleType, Correction
from articles.images.models import Image
from iria.publication.models import current_publication
from tests import newsroom
from tests.articles.feeds.conftest import picture
from tests.shared import shared_data

SCHEMA: Final = "https://schema.org/"
DATES: Final = {"datePublished", "dateModified", "dateCreated", "uploadDate"}


@cache
def rows(name: str) -> dict[str, dict[str, str]]:
    path = shared_data("feeds", "schemaorg", f"schemaorg-current-https-{name}.csv")
    with path.open(newline="") as file:
        return {row["label"]: row for row in csv.DictReader(file)}


def names(cell: str) -> set[str]:
    return {part.strip().removeprefix(SCHEMA) for part in cell.split(",") if part.strip()}


@cache
def kinds_of(kind: str) -> frozenset[str]:
    """A type with all its super-types."""
    above = names(rows("types")[kind]["subTypeOf"])
    return frozenset({kind}.union(*(kinds_of(each) for each in above if each in rows("types"))))


def problems(data: Any, place: str = "") -> Iterator[str]:
    """Types, properties and values that are not in the vocabulary."""
    if isinstance(data, list):
        for each in data:
            yield from problems(each, place)
        return
    if not isinstance(data, dict):
        return
    kind = data.get("@type")
    if kind not in rows("types"):
        yield f"{place}: there is no type {kind}"
        return
    for name, value in data.items():
        if not name.startswith("@"):
            yield from property_problems(str(kind), name, value, f"{place}/{kind}.{name}")


def property_problems(kind: str, name: str, value: Any, here: str) -> Iterator[str]:
    known = rows("properties").get(name)
    if known is None:
        yield f"{here}: there is no such property"
        return
    if known["supersededBy"]:
        yield f"{here}: the property was superseded"
    if not names(known["domainIncludes"]) & kinds_of(kind):
        yield f"{here}: the property belongs to other types"
    for each in value if isinstance(value, list) else [value]:
        yield from value_problems(name, each, names(known["rangeIncludes"]), here)
        yield from problems(each, here)


def value_problems(name: str, value: Any, expected_types: set[str], here: str) -> Iterator[str]:
    if value in ("", None, [], {}):
        yield f"{here}: the value is empty"
    elif isinstance(value, dict):
        if value.get("@type") in rows("types") and not expected_types & kinds_of(
            str(value["@type"])
        ):
            yield f"{here}: {value['@type']} is none of {sorted(expected_types)}"
    elif name in DATES:
        if datetime.fromisoformat(str(value)).tzinfo is None:
            yield f"{here}: the moment has no zone"
    elif isinstance(value, bool) and "Boolean" not in expected_types:
        yield f"{here}: a yes or no where {sorted(expected_types)} belong"
    elif (
        "URL" in expected_types
        and "Text" not in expected_types
        and not str(value).startswith("https://")
    ):
        yield f"{here}: “{value}” is no whole address"


def structured(client: Client, url: str) -> list[dict[str, Any]]:
    response = client.get(url)
    assert response.status_code == 200, url
    scripts = html.fromstring(response.content).iterfind(".//script[@type='application/ld+json']")
    found: list[dict[str, Any]] = []
    for script in scripts:
        data = json.loads(script.text or "")
        found += data if isinstance(data, list) else [data]
    return found


@pytest.fixture
def article(edna: User, settings: Any) -> Article:
    settings.SITE_URL, settings.SITE_HOST = "https://meridian.example", "meridian.example"
    row = current_publication()
    row.name, row.tagline = "Meridian", "Notes on the world"
    row.save()
    author = newsroom.author("Ines Faro")
    author.role, author.biography = "Senior fellow", "Writes about harbours."
    author.links = [{"name": "ines.example", "address": "https://ines.example/"}]
    author.save()
    quay = picture(
        byline="Ines Faro",
        copyright_notice="© Ines Faro",
        usage_terms="https://creativecommons.example/by/4.0/",
    )
    article = newsroom.published(
        "Ferries </script> & tankers",
        body=f'<p>Words.</p><figure data-image="{quay.pk}"><figcaption>A quay</figcaption></figure>',
        lead_image=picture(),
        authors=[author],
        tags=["Shipping"],
        categories=[newsroom.category("Asia-Pacific"), newsroom.category("News")],
    )
    Correction.objects.create(article=article, text="It was a Tuesday.", created_by=edna)
    first = Comment.objects.create(article=article, name="Ola", text="Gone.", state="rejected")
    for number in range(25):
        Comment.objects.create(
            article=article, parent=first, name="Rui", text=f"Note {number}", state="approved"
        )
    return article


def test_every_type_property_and_value_is_in_the_schema_org_vocabulary(
    client: Client, article: Article
) -> None:
    urls = ["/", article.get_absolute_url(), "/category/asia-pacific/", "/tag/shipping/"]
    for url in [*urls, "/author/ines-faro/"]:
        data = structured(client, url)
        assert data, url
        assert all(each["@context"] == "https://schema.org" for each in data)
        assert list(problems(data)) == [], url


def test_an_article_has_headline_author_dates_and_credited_images(
    client: Client, article: Article
) -> None:
    (data,) = [
        each for each in structured(client, article.get_absolute_url()) if "headline" in each
    ]
    assert data["headline"] == "Ferries </script> & tankers"
    assert [author["name"] for author in data["author"]] == ["Ines Faro"]
    assert data["articleSection"] == ["Asia-Pacific", "News"]
    assert [image["creditText"] for image in data["image"]] == [
        "Ines Faro/via Meridian Pictures"
    ] * 2
    assert data["image"][1]["license"] == "https://creativecommons.example/by/4.0/"
    assert data["image"][1]["caption"] == "A quay"
    assert data["commentCount"] == 25


def test_an_article_names_its_translations(client: Client, article: Article) -> None:
    french = newsroom.published("Ferries", language="fr")
    translations.link(french, article)
    response = client.get(article.get_absolute_url())
    link = f'<https://meridian.example{french.get_absolute_url()}>; rel="alternate"; hreflang="fr"'
    assert link in response.headers["Link"]
    (data, *_) = structured(client, article.get_absolute_url())
    (translation,) = data["workTranslation"]
    assert (translation["inLanguage"], translation["url"]) == (
        "fr",
        f"https://meridian.example{french.get_absolute_url()}",
    )
    assert list(problems(data)) == []


def test_the_publisher_has_its_legal_name_address_phone_and_profiles(
    client: Client, article: Article
) -> None:
    row = current_publication()
    row.legal_name, row.issn = "Meridian Institute", "2049-3630"
    row.postal_address = "1 Quay Street\nLisbon"
    row.social_links = [{"name": "Mastodon", "address": "https://mastodon.example/@meridian"}]
    row.brand_images = {"logo": {"address": "/emblem/a.png", "width": 640, "height": 160}}
    row.save()
    data = structured(client, article.get_absolute_url())
    assert list(problems(data)) == []
    (about,) = [each for each in data if "headline" in each]
    publisher = about["publisher"]
    assert publisher["legalName"] == "Meridian Institute"
    assert publisher["address"] == "1 Quay Street, Lisbon"
    assert publisher["sameAs"] == ["https://mastodon.example/@meridian"]
    assert publisher["logo"]["url"] == "https://meridian.example/emblem/a.png"
    assert about["isPartOf"] == {
        "@type": "Periodical",
        "name": "Meridian",
        "issn": "2049-3630",
        "url": "https://meridian.example/",
    }


@pytest.mark.parametrize(
    ("kind", "called"),
    [("analysis", "AnalysisNewsArticle"), ("report", "Report"), ("interview", "NewsArticle")],
)
def test_each_article_type_has_its_schema_org_type(
    client: Client, article: Article, kind: str, called: str
) -> None:
    article.kind = ArticleType.objects.get(slug=kind)
    article.save()
    (data, *_) = structured(client, article.get_absolute_url())
    assert data["@type"] == called
    assert list(problems(data)) == []


def test_an_image_with_an_expired_licence_is_not_in_the_metadata(
    client: Client, article: Article
) -> None:
    Image.objects.update(licence_until=timezone.now())
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'property="og:image" content="{settings.SITE_URL}/pictures/' not in page
    assert 'property="og:image" content=' in page  # the logo instead
    assert "ImageObject" not in str(structured(client, article.get_absolute_url())[0].get("image"))
