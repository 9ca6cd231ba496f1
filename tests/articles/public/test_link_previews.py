"""The title and image that an article has in link previews on other sites."""

import json
import re
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.test import Client

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.checklist import images_of
from articles.editorial.hooks import in_articles
from articles.editorial.models import Article
from articles.editorial.versions import drafts
from articles.editorial.versions.diff import compared
from articles.editorial.versions.drafts import duplicate
from articles.images.models import Image
from articles.images.usage_check import withdraw
from iria.core.blockers import Blocked
from tests import newsroom
from tests.articles.public.sample_content import sized


def shared(client: Client, article: Article) -> dict[str, str]:
    """The Open Graph properties of its page."""
    html = client.get(article.get_absolute_url()).content.decode()
    return dict(re.findall(r'<meta property="og:([\w:]+)" content="([^"]*)"', html))


def with_own_image(**fields: Any) -> tuple[Article, Image]:
    image = sized(newsroom.picture(headline="Only for sharing", alt_text="A lighthouse"))
    article = newsroom.published("Harbour reopens", social_image=image, **fields)
    return article, image


def test_an_own_title_replaces_the_headline_in_link_previews_only(client: Client, db: None) -> None:
    article = newsroom.published("Harbour reopens", social_title="The harbour is open again")
    assert shared(client, article)["title"] == "The harbour is open again"
    html = client.get(article.get_absolute_url()).content.decode()
    assert "<title>Harbour reopens" in html
    card = client.get(f"/api/oembed/?url={article.get_absolute_url()}").json()
    assert card["title"] == "The harbour is open again"


def test_without_an_own_title_the_headline_is_shared(client: Client, db: None) -> None:
    assert shared(client, newsroom.published("Harbour reopens"))["title"] == "Harbour reopens"


def test_an_own_image_replaces_the_lead_image_in_link_previews_only(
    client: Client, db: None
) -> None:
    lead = sized(newsroom.picture(headline="Cranes", alt_text="Cranes at rest"))
    article, _image = with_own_image(lead_image=lead)
    assert "A lighthouse" in shared(client, article)["image:alt"]
    html = client.get(article.get_absolute_url()).content.decode()
    body = html.partition("<body")[2]
    assert "Cranes at rest" in body
    assert "A lighthouse" not in body
    data = html.partition("application/ld+json")[2].partition("</script>")[0]
    assert len(json.loads(data.partition(">")[2])[0]["image"]) == 1


def test_a_withdrawn_image_is_not_shared(client: Client, edna: User) -> None:
    lead = sized(newsroom.picture(headline="Cranes", alt_text="Cranes at rest"))
    article, image = with_own_image(lead_image=lead)
    withdraw(image, by=edna, reason="The photographer asked for it")
    assert "Cranes at rest" in shared(client, article)["image:alt"]


def test_an_image_of_link_previews_is_in_use(db: None) -> None:
    article, image = with_own_image()
    assert [usage.url for usage in in_articles(image.pk)] == [article.get_admin_url()]
    assert images_of(article) == [image]
    with pytest.raises(ProtectedError):
        image.delete()


def test_it_needs_a_credit_as_any_other_image(edna: User) -> None:
    bare = newsroom.picture(headline="No credit", credit="")
    article = newsroom.draft(social_image=bare, categories=[newsroom.category("News")])
    with pytest.raises(Blocked):
        publishing.publish(article, by=edna)


def test_readers_see_a_changed_title_and_image_when_the_changes_are_published(
    client: Client, edna: User
) -> None:
    article, image = with_own_image()
    other = sized(newsroom.picture(headline="Newer", alt_text="A pilot boat"))
    drafts.save(article, {"social_title": "Open again", "social_image_id": other.pk}, by=edna)
    assert shared(client, article)["title"] == "Harbour reopens"
    publishing.publish_changes(article, by=edna)
    assert shared(client, article)["title"] == "Open again"
    assert "A pilot boat" in shared(client, article)["image:alt"]
    assert not in_articles(image.pk)


def test_a_comparison_names_both(edna: User) -> None:
    article, image = with_own_image()
    first = article.revisions.get()
    drafts.save(article, {"social_title": "Open again", "social_image_id": None}, by=edna)
    parts = {part.fields[0]: part for part in compared(first, article.revisions.get(number=2))}
    assert {"social_title", "social_image_id"} <= parts.keys()
    assert parts["social_image_id"].paragraphs[0].pieces[0].text == str(image)


def test_a_revision_from_before_these_fields_leaves_them_as_they_are(edna: User) -> None:
    article, image = with_own_image(social_title="Open again")
    first = article.revisions.get()
    old = first.details or {}
    first.details = {name: old[name] for name in old if not name.startswith("social_")}
    first.save()
    drafts.save(article, {"headline": "Changed"}, by=edna)
    drafts.restore(article, first, by=edna)
    opened = drafts.open_for_editing(Article.objects.get(pk=article.pk))
    assert opened.content["headline"] == "Harbour reopens"
    assert opened.content["social_title"] == "Open again"
    assert opened.content["social_image_id"] == image.pk


def test_an_image_that_was_deleted_while_the_draft_waited_is_left_out_of_a_copy(
    edna: User,
) -> None:
    article = newsroom.published()
    image = newsroom.picture()
    drafts.save(article, {"social_image_id": image.pk}, by=edna)
    image.delete()
    duplicate(article, by=edna)
    copy = Article.objects.exclude(pk=article.pk).get()
    assert copy.social_image_id is None
