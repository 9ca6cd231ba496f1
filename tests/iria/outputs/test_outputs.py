"""One credit, everywhere: wherever a picture goes out, its credit goes with it, and both leave together."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.editorial import revisions
from articles.editorial.models import Article, Portrait
from articles.editorial.preview_links import make_preview_token
from articles.images.library.editing import update_image
from articles.images.models import Image
from articles.images.renditions import renditions
from articles.pages import saving as page_keeping
from articles.pages.models import Page
from articles.related.models import RelatedPick
from articles.search.index.indexer import reindex
from tests import newsroom
from tests.iria.outputs import image_outputs, new_output
from tests.iria.outputs.drawing import watched
from tests.iria.outputs.image_outputs import ImageOutput
from tests.iria.outputs.walk import Output, Rule, Walk
from tests.newsletter import factories

pytestmark = pytest.mark.django_db

PLACES = {
    *("figure", "card-image", "portrait", "story-image", "image", "letter", "file"),
    *("og:image:alt", "JSON-LD creditText", "credit", "thumbnail_credit"),
    *("content", "enclosure", "link", "attachment", "_picture.credit", "loc"),
}
"""Sorts of places (`standing.Standing`) that a picture has on this site; each has to be come by."""

FIRST, THEN = "Marta Voss/via Quay Pictures", "Jon Aske/via Harbour Agency"


@pytest.fixture
def walk(parts: dict[str, str]) -> Walk:
    """The same picture wherever one can stand: in articles, beside authors, in pages, in mails."""
    image = Image.objects.get(pk=parts["one_picture"])
    update_image(image, by=None, credit=FIRST)
    renditions.update_rights(image)
    article = Article.objects.get(pk=parts["article"])
    inside = f'<figure data-image="{image.pk}"><figcaption>The quay</figcaption></figure>'
    article.body += f"{inside}<figure data-gallery>{inside}{inside}</figure>"
    article.lead_caption = "Seen from the mole"
    revisions.save(article, by=None)
    author = article.bylines.get().author
    Portrait.objects.create(author=author, image=image)
    category = article.categories.get()
    crossing = newsroom.published(
        "Une autre traversée",
        language="fr",
        lead_image=image,
        authors=[author],
        categories=[category],
        tags=["straits"],
    )
    RelatedPick.objects.create(article=article, picked=crossing)
    page = Page.objects.get()
    page.body = f"<p>Who we are.</p>{inside}"
    page_keeping.save(page)
    factories.issue("What is to come", article, crossing)
    draft = newsroom.draft("Not out", lead_image=image, body=f"<p>Words.</p>{inside}")
    reindex()
    fit = {**parts, "preview": make_preview_token(draft), "code": "fr"}
    fit["picture"] = image.renditions.get().name
    return Walk(image=image, parts=fit, article=article)


def names(body: bytes, credit: str) -> bool:
    """Whether it says so, wherever its lines break."""
    return credit.encode() in b" ".join(body.split())


def credited(credit: str, never: str = "") -> Rule:
    """Wherever the picture stands this credit stands with it, and the other one nowhere any more."""

    def rule(output: Output) -> str:
        if output.status != 200:
            return f"answers {output.status}"
        if not output.standings:
            return "the picture is missing"
        for each in output.standings:
            if not names(each.words.encode(), credit):
                return f"{each.sort}: the credit “{credit}” is missing"
        gone = never and names(output.body, never)
        return f"the credit “{never}” is still there" if gone else ""

    return rule


def withheld(output: Output) -> str:
    """Neither the picture nor its credit, and no broken page in their stead."""
    if output.carries or output.standings or names(output.body, THEN):
        return "the picture is still there"
    return "" if output.status == output.gone else f"answers {output.status}"


def faults(client: Client, walk: Walk) -> list[str]:
    """Whatever is wrong with any output before and after a change of the credit, after the licence
    ended, and after it was extended."""
    found = walk.find(client)
    found += walk.judge(client, credited(FIRST))
    # Changed once, by the verb of the library and the job that follows it.
    update_image(walk.image, by=None, credit=THEN)
    renditions.update_rights(walk.image)
    found += walk.judge(client, credited(THEN, never=FIRST))
    update_image(walk.image, by=None, licence_until=timezone.now())
    found += walk.judge(client, withheld)
    update_image(walk.image, by=None, licence_until=timezone.now() + timedelta(days=90))
    return found + walk.judge(client, credited(THEN))


def test_every_output_names_the_credit_of_today_and_withholds_what_may_not_be_shown(
    client: Client, walk: Walk
) -> None:
    with watched() as passed:
        assert faults(client, walk) == []
    assert passed.missed() == []
    assert len(walk.carried) > 30
    assert walk.sorts() >= PLACES


def test_a_new_address_that_shows_an_image_without_its_credit_is_found(
    client: Client, walk: Walk, settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.iria.outputs.new_output"
    walk.below = "/new/"
    assert faults(client, walk) == [
        f"/new/: body: the credit “{FIRST}” is missing",
        f"/new/: body: the credit “{THEN}” is missing",
        "/new/: the picture is still there",
        f"/new/: body: the credit “{THEN}” is missing",
    ]


def test_a_new_address_that_nobody_thought_of_is_found(
    client: Client, walk: Walk, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF = "tests.iria.outputs.new_output"
    walk.below = "/new/"
    monkeypatch.setitem(new_output.WORDS, "now", "Nothing to see yet")
    assert walk.find(client) == ["/new/: carries no picture here and is not declared so"]


def test_a_new_mail_that_shows_an_image_without_its_credit_is_found(
    client: Client, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = {
        **image_outputs.SOURCES,
        "new": lambda pk: [ImageOutput("A mail", f'<img src="{walk.names()[0]}">'.encode())],
    }
    monkeypatch.setattr(image_outputs, "SOURCES", mails)
    assert walk.judge(client, credited(FIRST)) == [f"A mail: body: the credit “{FIRST}” is missing"]


@pytest.mark.parametrize(
    ("output", "wrong"),
    [
        (Output(b"", 404), "answers 404"),
        (Output(b"Broken", 500), "answers 500"),
        (Output(b"", 404, gone=410), "answers 404"),
        (Output(b"", 200, gone=410), "answers 200"),
        (Output(b"Gone", 410, gone=410), ""),
        (Output(b"Words"), ""),
    ],
)
def test_a_broken_page_does_not_count_as_a_withheld_picture(output: Output, wrong: str) -> None:
    assert withheld(output) == wrong


def test_what_draws_an_image_and_was_never_reached_is_found(client: Client, walk: Walk) -> None:
    with watched() as passed:
        client.get("/about/")
    assert "articles/pages/page.html" not in passed.missed()
    assert "newsletter/mail/_lead.html" in passed.missed()
    assert "articles/api/oembed.py: _thumbnail" in passed.missed()
