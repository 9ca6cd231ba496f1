"""Cached entries: after any change a feed is the same as without a cache."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuthorProfile
from articles.editorial.models import Article, Category, Correction, Figure
from articles.embeds.models import LinkCard
from articles.files.models import File
from articles.images.models import Image
from iria.publication.models import Publication
from tests import newsroom
from tests.articles.feeds.conftest import picture
from tests.articles.files import samples
from tests.iria.process_caches import clear_caches

FILM = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


@pytest.fixture
def report(strait: Article) -> Article:
    """An article with everything that an entry shows: a file, an embed, an internal link as well."""
    target = newsroom.published("The vote")
    LinkCard.objects.create(url=FILM, state=LinkCard.State.FETCHED, title="The strait in March")
    file = samples.file()
    return newsroom.published(
        "A report",
        body=(
            f'<p>After <a href="internal:article/{target.pk}">the vote</a>.</p>'
            f'<figure data-image="{picture().pk}"><figcaption>The quay</figcaption></figure>'
            f'<figure data-embed="{FILM}"><figcaption></figcaption></figure>{samples.markup(file)}'
        ),
        lead_image=picture(alt_text="A strait"),
        authors=[newsroom.author("Noor Haddad")],
        tags=["Ferries"],
    )


CHANGES: dict[str, Any] = {
    "headline": lambda pk: Article.objects.filter(pk=pk).update(headline="Another"),
    "text": lambda pk: Article.objects.filter(pk=pk).update(body="<p>Another</p>"),
    "caption of the lead image": lambda pk: Figure.objects.filter(
        article=pk, place=Figure.Place.LEAD
    ).update(caption="Another"),
    "credit of an image": lambda pk: Image.objects.update(credit="Another"),
    "no licence for an image": lambda pk: Image.objects.update(
        licence_until=timezone.now() - timedelta(days=1)
    ),
    "author": lambda pk: AuthorProfile.objects.update(name="Another"),
    "byline": lambda pk: Article.objects.get(pk=pk).bylines.all().delete(),
    "category": lambda pk: Category.objects.update(name="Another"),
    "tag": lambda pk: Article.objects.get(pk=pk).tags.set(["Another"]),
    "correction": lambda pk: Correction.objects.create(article_id=pk, text="Another"),
    "title of a file": lambda pk: File.objects.update(title="Another"),
    "title of an embed": lambda pk: LinkCard.objects.update(title="Another"),
    "target of a link": lambda pk: Article.objects.filter(headline="The vote").update(
        slug="another"
    ),
    "target that was withdrawn": lambda pk: Article.objects.filter(headline="The vote").update(
        state="withdrawn"
    ),
    "format of credits": lambda pk: Publication.objects.update(credit_format="By {credit}"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_shows_at_once(client: Client, report: Article, change: str) -> None:
    before = client.get("/feed/").content
    CHANGES[change](report.pk)
    after = client.get("/feed/").content
    clear_caches()
    assert after == client.get("/feed/").content != before


def test_an_image_disappears_when_its_licence_ends(
    client: Client, report: Article, monkeypatch: Any
) -> None:
    end = timezone.now() + timedelta(minutes=5)
    Image.objects.update(licence_until=end)
    with_images = client.get("/feed/").content
    monkeypatch.setattr(timezone, "now", lambda: end + timedelta(seconds=1))
    without = client.get("/feed/").content
    assert with_images.count(b"&lt;img") > without.count(b"&lt;img") == 0


def test_only_the_changed_entry_is_rendered_again(client: Client, report: Article) -> None:
    client.get("/feed/")
    Article.objects.filter(pk=report.pk).update(headline="Another")
    with CaptureQueriesContext(connection) as queries:
        client.get("/feed/")
    (loaded,) = [each["sql"] for each in queries if '"body"' in each["sql"]]
    assert f"IN ({report.pk})" in loaded
