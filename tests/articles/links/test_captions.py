"""Links in captions follow their targets as links in the text do."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from articles.body.captions import clean_caption, safe_caption
from articles.editorial import publishing, trash
from articles.editorial.checklist import NotReady
from articles.editorial.internal_links import NAME, linked_from
from articles.editorial.models import Article
from articles.editorial.versions import drafts, revisions
from newsletter.email import rendering
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, send
from tests.articles.links.texts import page, target
from tests.articles.public.sample_content import figure, sized
from tests.newsletter.factories import issue, mail_image

pytestmark = pytest.mark.django_db

PLACES = ["lead image", "figure", "gallery"]


def link_to(row: Article, text: str = "the vote") -> str:
    return f'Before <a href="{row.get_absolute_url()}#votes">{text}</a>'


def with_caption(caption: str, place: str = "lead image") -> Article:
    """A published article with this caption."""
    image = sized(newsroom.picture())
    if place == "lead image":
        return newsroom.published("Farms", lead_image=image, lead_caption=caption)
    body = f"<p>Words.</p>{figure(image, caption)}"
    if place == "gallery":
        pictures = figure(image, "") + figure(sized(newsroom.picture()), "")
        caption = f"<figcaption>{caption}</figcaption>"
        body = f"<p>Words.</p><figure data-gallery>{pictures}{caption}</figure>"
    return newsroom.published("Farms", body=body)


@pytest.mark.parametrize("place", PLACES)
def test_a_link_in_a_caption_follows_an_article_that_moves(
    place: str, client: Client, edna: User
) -> None:
    vote = target()
    article = with_caption(link_to(vote), place)
    assert f"internal:article/{vote.pk}#votes" in article.body + article.lead_caption
    before = vote.get_absolute_url()
    vote.slug = "mussels"
    revisions.save(vote, by=edna)
    own = article.get_absolute_url()
    large_view = f"{own}picture/{article.figures.all()[0].image_id}/"
    for path in (own, large_view, "/feed/", f"/api/v1/articles/{article.pk}/?fields=html,figures"):
        text = client.get(path).content.decode()
        assert f"{vote.get_absolute_url()}#votes" in text, path
        assert f"{before}#votes" not in text
        assert "internal:" not in text


@pytest.mark.parametrize("place", PLACES)
def test_a_link_to_what_readers_cannot_open_is_text(place: str, client: Client, edna: User) -> None:
    vote = target()
    article = with_caption(link_to(vote), place)
    publishing.unpublish(vote, by=edna)
    own = article.get_absolute_url()
    large_view = f"{own}picture/{article.figures.all()[0].image_id}/"
    for path in (own, large_view, "/feed/", f"/api/v1/articles/{article.pk}/?fields=html,figures"):
        text = client.get(path).content.decode()
        assert "the vote" in text
        assert vote.get_absolute_url() not in text
        assert "internal:" not in text


@pytest.mark.parametrize("place", PLACES)
def test_a_caption_is_listed_under_linked_from(place: str, edna: User) -> None:
    vote = target()
    article = with_caption(link_to(vote), place)
    assert [each.title for each in linked_from(NAME, [vote.pk], user=edna).sources] == ["Farms"]
    changed = {"lead_caption": "None", "body": "<p>No link.</p>"}
    publishing.unpublish(article, by=edna)
    drafts.save(article, changed, by=edna)
    assert linked_from(NAME, [vote.pk], user=edna).sources == []


@pytest.mark.parametrize("place", PLACES)
def test_a_broken_link_in_a_caption_blocks_publishing(place: str, edna: User) -> None:
    vote = target()
    article = with_caption(link_to(vote, "the mussel vote"), place)
    publishing.unpublish(article, by=edna)
    publishing.unpublish(vote, by=edna)
    trash.move(vote, by=edna)
    with pytest.raises(NotReady) as refusal:
        publishing.publish(article, by=edna)
    [obstacle] = refusal.value.blockers
    assert "the mussel vote" in str(obstacle)
    field = "id_lead_caption" if place == "lead image" else "id_body"
    assert getattr(obstacle, "url", "").endswith(f"#{field}")


def test_an_editor_writes_a_link_in_a_caption_without_javascript(
    client: Client, edna: User
) -> None:
    client.force_login(edna)
    about, article = page("about"), newsroom.draft(lead_image=newsroom.picture())
    send(client, change_url(article), lead_caption='See <a href="/about/">us</a>')
    article.refresh_from_db()
    assert article.lead_caption == f'See <a href="internal:page/{about.pk}">us</a>'
    before = article.version
    send(client, change_url(article))
    article.refresh_from_db()
    assert article.version == before


def test_an_e_mail_has_the_current_url(edna: User) -> None:
    vote = target()
    article = newsroom.published("Farms", lead_image=mail_image(), lead_caption=link_to(vote))
    other = newsroom.published("Tides", lead_image=mail_image(), lead_caption=link_to(vote))
    vote.slug = "mussels"
    revisions.save(vote, by=edna)
    html = rendering.compose(issue("Week", article, other)).html
    assert html.count(f'href="{settings.SITE_URL}{vote.get_absolute_url()}#votes"') == 2
    assert "internal:" not in html


def test_only_well_formed_references_are_stored_and_none_is_shown() -> None:
    stored = clean_caption('<a href="internal:article/3#x">a</a> <a href="internal:oops">b</a>')
    assert stored == '<a href="internal:article/3#x">a</a> <a>b</a>'
    assert safe_caption(stored) == "a <a>b</a>"
