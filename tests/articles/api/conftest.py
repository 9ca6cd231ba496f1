"""Fixtures of the API tests: published and private content, and a client."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from articles.comments.models import Comment
from articles.editorial.models import Article, Portrait
from iria.publication.models import current_publication
from tests import newsroom
from tests.articles.public import sample_content

SITE = "https://meridian.example"
FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL, settings.SITE_HOST = SITE, "meridian.example"


@pytest.fixture
def ask(client: Client) -> Ask:
    """Requests a URL of the API, checks the status and returns the JSON."""

    def get(path: str, status: int = 200, **parameters: Any) -> dict[str, Any]:
        response = client.get(f"/api/v1/{path}", parameters)
        assert response.status_code == status, response.content
        result: dict[str, Any] = json.loads(response.content)
        return result

    return get


@pytest.fixture
def full_article(db: None) -> Article:
    """An article with everything; also creates three minimal ones and private content."""
    row = current_publication()
    row.name, row.time_zone = "Meridian", "Asia/Karachi"
    row.save()
    asia = newsroom.category("Asia-Pacific", introduction="From the Gulf to the Pacific.")
    japan = newsroom.category("Japan", parent=asia)
    europe = newsroom.category("Europe")
    article = sample_content.illustrated("The long way", figures=1, categories=[japan, europe])
    for number, language in enumerate(["en", "en", "fr"], start=1):
        newsroom.published(
            f"Brief {number}",
            at=FIRST + timedelta(days=number),
            categories=[europe],
            language=language,
            authors=[newsroom.author(f"Writer {number}")],
            tags=["harbours"] if number == 1 else [],
        )
    _not_public()
    Comment.objects.create(
        article=article,
        name="Ola",
        email="ola@r.example",
        text="I <i>saw</i> it.",
        state="approved",
    )
    held = Comment.objects.create(
        article=article, name="Spam", email="s@r.example", text="Buy", state="held"
    )
    Comment.objects.create(
        article=article, parent=held, name="Rui", text="No, thanks.", state="approved"
    )
    return article


def _not_public() -> None:
    secret = newsroom.author("Nobody Yet")
    picture = sample_content.sized(newsroom.picture(credit="Secret/via Desk"))
    Portrait.objects.create(author=secret, image=picture)
    newsroom.draft("Not yet", authors=[secret], lead_image=picture, tags=["unseen"])
