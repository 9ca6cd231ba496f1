"""Every output with an image has its credit, and hides both together."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles.editorial.models import Article, Portrait, RelatedPick
from articles.editorial.preview_links import make_preview_token
from articles.editorial.versions import revisions
from articles.images import renditions
from articles.images.library.editing import update_image
from articles.images.models import Image
from articles.pages import saving as page_keeping
from articles.pages.models import Page
from articles.search.indexer import reindex
from tests import newsroom
from tests.iria.outputs.image_code import record_coverage
from tests.iria.outputs.walk import Output, Rule, Walk
from tests.newsletter import factories

pytestmark = pytest.mark.django_db

PLACE_KINDS = {
    *("figure", "card-image", "portrait", "story-image", "image", "letter", "file"),
    *("og:image:alt", "JSON-LD creditText", "credit", "thumbnail_credit"),
    *("content", "enclosure", "link", "attachment", "_picture.credit", "loc"),
}
"""Kinds of places (`image_places.ImagePlace`) of images on this site; the test must find all."""

FIRST_CREDIT, SECOND_CREDIT = "Marta Voss/via Quay Pictures", "Jon Aske/via Harbour Agency"


@pytest.fixture
def walk(parts: dict[str, str]) -> Walk:
    """One image in all places: articles, portraits, pages and e-mails."""
    image = Image.objects.get(pk=parts["one_picture"])
    update_image(image, by=None, credit=FIRST_CREDIT)
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
    values = {**parts, "preview": make_preview_token(draft), "code": "fr"}
    values["picture"] = image.renditions.get().name
    return Walk(image=image, parts=values, article=article)


def contains(body: bytes, credit: str) -> bool:
    """Whether the output contains the credit, regardless of line breaks."""
    return credit.encode() in b" ".join(body.split())


def credited(credit: str, never: str = "") -> Rule:
    """All places of the image have this credit, and none has the other one."""

    def rule(output: Output) -> str:
        if output.status != 200:
            return f"answers {output.status}"
        if not output.places:
            return "the picture is missing"
        for each in output.places:
            if not contains(each.text.encode(), credit):
                return f"{each.kind}: the credit “{credit}” is missing"
        remains = never and contains(output.body, never)
        return f"the credit “{never}” is still there" if remains else ""

    return rule


def hidden(output: Output) -> str:
    """The output has neither the image nor its credit, and is not an error page."""
    if output.carries or output.places or contains(output.body, SECOND_CREDIT):
        return "the picture is still there"
    return "" if output.status == output.gone else f"answers {output.status}"


def problems(client: Client, walk: Walk) -> list[str]:
    """The problems of all outputs before and after a change of the credit, after the licence
    ended, and after it was extended."""
    found = walk.find(client)
    found += walk.judge(client, credited(FIRST_CREDIT))
    # Changed once, with the function of the library and the job after it.
    update_image(walk.image, by=None, credit=SECOND_CREDIT)
    renditions.update_rights(walk.image)
    found += walk.judge(client, credited(SECOND_CREDIT, never=FIRST_CREDIT))
    update_image(walk.image, by=None, licence_until=timezone.now())
    found += walk.judge(client, hidden)
    update_image(walk.image, by=None, licence_until=timezone.now() + timedelta(days=90))
    return found + walk.judge(client, credited(SECOND_CREDIT))


def test_every_output_has_the_current_credit_and_hides_expired_images(
    client: Client, walk: Walk
) -> None:
    with record_coverage() as coverage:
        assert problems(client, walk) == []
    assert coverage.missed() == []
    assert len(walk.carried) > 30
    assert walk.place_kinds() >= PLACE_KINDS
