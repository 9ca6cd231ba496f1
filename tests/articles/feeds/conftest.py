"""Fixtures of the feed tests: an article with everything that a feed can contain."""

from datetime import UTC, datetime
from typing import Any

import pytest

from articles.editorial.models import Article
from articles.images.models import Image, Rendition
from iria.publication.models import Publication, current_publication
from tests import newsroom


def picture(**fields: str) -> Image:
    """An image with renditions, as the worker makes them."""
    image = newsroom.picture(**fields)
    for form, width in [("avif", 640), ("jpeg", 640), ("jpeg", 1280), ("jpeg", 2560)]:
        Rendition.objects.create(
            image=image,
            format=form,
            width=width,
            height=width * 2 // 3,
            name=f"{image.pk}-{width}.{form}",
            file=f"renditions/{image.pk}-{width}.{form}",
            bytes=width * 100,
        )
    return image


@pytest.fixture
def meridian(db: None) -> Publication:
    row = current_publication()
    row.name, row.tagline, row.languages = "Meridian", "Notes on the world", "en, fr"
    row.save()
    return row


@pytest.fixture
def strait(meridian: Publication) -> Article:
    """An article with lead and figure, footnote, link, table, two authors, two categories, a tag."""
    asia = newsroom.category("Asia-Pacific")
    news = newsroom.category("News")
    quay = picture(credit="Rui & Co/via Agency", credit_url="https://agency.example/?a=1&b=2")
    return newsroom.published(
        "Ferries & tankers <again>",
        at=datetime(2026, 3, 4, 12, 30, tzinfo=UTC),
        standfirst="What the strait's pilots say.",
        body=(
            "<p>Pilots wait&nbsp;<span data-footnote='Two of them told us.'></span> and read"
            ' <a href="/about/">our page</a>.</p>'
            f'<figure data-image="{quay.pk}"><figcaption>The <em>quay</em> at dusk</figcaption></figure>'
            "<table><tr><td>1</td></tr></table>"
        ),
        lead_image=picture(alt_text='A "strait"'),
        lead_caption="Ships at <em>anchor</em>",
        categories=[asia, news],
        authors=[newsroom.author("Edna Okafor"), newsroom.author("Ines Faro")],
        tags=["Shipping"],
    )


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL, settings.SITE_HOST = "https://meridian.example", "meridian.example"
