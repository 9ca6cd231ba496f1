"""Each use of an image can have its own alt text, which every output prefers to that of the image."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from articles.body.blocks.images import ALT_MAX_LENGTH
from articles.body.sanitiser import clean
from articles.editorial import publishing
from articles.editorial.models import Article, Figure, Revision
from articles.editorial.versions import drafts
from articles.editorial.versions.content import content_of_revision
from articles.images.models import Image
from iria.publication.models import current_publication
from newsletter.email.article_blocks import build_blocks
from newsletter.models import Issue
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, send
from tests.newsletter import factories

pytestmark = pytest.mark.django_db

LIBRARY = "Cranes above a quay at dusk"
LEAD = "Boats with green lamps"
INLINE = "A pilot climbs a ladder"


def figure(image: Image, attributes: str = "") -> str:
    return f'<p>Words.</p><figure data-image="{image.pk}"{attributes}><figcaption></figcaption></figure>'


@pytest.fixture
def images() -> tuple[Image, Image]:
    return (
        factories.mail_image(checksum="1" * 64, alt_text=LIBRARY),
        factories.mail_image(checksum="2" * 64, alt_text=LIBRARY),
    )


@pytest.fixture
def described(images: tuple[Image, Image]) -> Article:
    lead, inline = images
    body = figure(inline, f' data-alt="{INLINE}"')
    return newsroom.published(lead_image=lead, lead_alt=LEAD, body=body)


def alts(html: str) -> set[str]:
    return {text for text in (LIBRARY, LEAD, INLINE) if f'alt="{text}"' in html}


def test_the_page_and_the_large_view_have_the_alt_text_of_the_use(
    client: Client, described: Article
) -> None:
    page = client.get(described.get_absolute_url()).content.decode()
    assert alts(page) == {LEAD, INLINE}
    large = client.get(described.figures.get(place=Figure.Place.INLINE).get_absolute_url())
    assert alts(large.content.decode()) == {INLINE}


def test_link_previews_have_the_alt_text_of_the_use(client: Client, described: Article) -> None:
    page = client.get(described.get_absolute_url()).content.decode()
    assert f'property="og:image:alt" content="{LEAD}' in page


def test_feeds_have_the_alt_text_of_the_use(client: Client, described: Article) -> None:
    (item,) = client.get("/feed/json/").json()["items"]
    assert item["_picture"]["alt"] == LEAD
    assert alts(item["content_html"]) == {LEAD, INLINE}
    assert LEAD in client.get("/feed/").content.decode()


def test_the_api_has_the_alt_text_of_each_use(client: Client, described: Article) -> None:
    found = client.get(f"/api/v1/articles/{described.pk}/").json()
    assert [each["alt_text"] for each in found["figures"]] == [LEAD, INLINE]
    assert found["figures"][0]["picture"]["alt_text"] == LIBRARY


def test_a_newsletter_has_the_alt_text_of_the_use(described: Article) -> None:
    issue = factories.issue("This week", described)
    complete = Issue.objects.with_articles().get(pk=issue.pk)
    (block,) = build_blocks(complete, current_publication())
    assert block.image is not None
    assert block.image.alt == LEAD


def test_without_its_own_alt_text_a_use_has_that_of_the_image(
    client: Client, images: tuple[Image, Image]
) -> None:
    article = newsroom.published(lead_image=images[0], body=figure(images[1]))
    assert alts(client.get(article.get_absolute_url()).content.decode()) == {LIBRARY}


def test_a_decorative_use_has_no_alt_text(client: Client, images: tuple[Image, Image]) -> None:
    article = newsroom.published(
        lead_image=images[0], lead_decorative=True, body=figure(images[1], " data-decorative")
    )
    page = client.get(article.get_absolute_url()).content.decode()
    assert alts(page) == set()
    assert client.get("/feed/json/").json()["items"][0]["_picture"]["alt"] == ""


def test_an_image_without_alt_text_can_be_published_where_every_use_describes_it(
    edna: User,
) -> None:
    image = newsroom.picture(alt_text="")
    described = figure(image, f' data-alt="{INLINE}"')
    publishing.publish(newsroom.draft(body=described), by=edna)
    publishing.publish(newsroom.draft(lead_image=image, lead_alt=LEAD, body=described), by=edna)
    publishing.publish(newsroom.draft(lead_image=image, lead_decorative=True), by=edna)
    undescribed = newsroom.draft(lead_image=image, lead_alt=LEAD, body=figure(image))
    with pytest.raises(publishing.NotReady):
        publishing.publish(undescribed, by=edna)


def test_a_new_alt_text_of_a_published_article_waits_until_it_is_published(
    client: Client, described: Article, edna: User
) -> None:
    drafts.save(described, {"lead_alt": "Lamps on a dark sea"}, by=edna)
    described.refresh_from_db()
    assert described.lead_alt == LEAD
    publishing.publish_changes(described, by=edna)
    page = client.get(described.get_absolute_url()).content.decode()
    assert 'alt="Lamps on a dark sea"' in page


def test_a_revision_from_before_the_field_can_be_restored(edna: User) -> None:
    article = newsroom.draft(lead_alt=LEAD)
    old = article.revisions.get()
    details = {
        name: value
        for name, value in (old.details or {}).items()
        if name not in ("lead_alt", "lead_decorative")
    }
    Revision.objects.filter(pk=old.pk).update(details=details)
    old.refresh_from_db()
    assert content_of_revision(old)["lead_alt"] == ""
    drafts.save(article, {"headline": "Another"}, by=edna)
    drafts.restore(article, old, by=edna)
    article.refresh_from_db()
    assert (article.headline, article.lead_alt) == (old.headline, "")


def test_the_form_saves_alt_texts_without_a_script(edna: User, client: Client) -> None:
    client.force_login(edna)
    image = newsroom.picture()
    article = newsroom.draft(lead_image=image)
    body = figure(image, " data-decorative")
    send(client, change_url(article), lead_alt=LEAD, lead_decorative="on", body=body)
    article.refresh_from_db()
    assert (article.lead_alt, article.lead_decorative) == (LEAD, True)
    inline = article.figures.get(place=Figure.Place.INLINE)
    assert inline.is_decorative


@pytest.mark.parametrize(
    ("entered", "stored"),
    [
        (' data-alt=" A  quay "', ' data-alt="A quay"'),
        (' data-alt="  "', ""),
        (' data-decorative="yes" data-alt="A quay"', ' data-decorative=""'),
        (' data-alt="&lt;b&gt; &quot;&amp;"', ' data-alt="&lt;b&gt; &quot;&amp;"'),
        (f' data-alt="{"a" * 3000}"', f' data-alt="{"a" * ALT_MAX_LENGTH}"'),
    ],
)
def test_alt_texts_in_html_are_sanitised(entered: str, stored: str) -> None:
    html = f'<figure data-image="3"{entered}><figcaption></figcaption></figure>'
    kept: Any = clean(html)
    assert kept == f'<figure data-image="3"{stored}><figcaption></figcaption></figure>'
    assert clean(kept) == kept
