"""Copies of articles, and the button that makes them."""

import pytest
from django.test import Client

from accounts.models import User
from articles.editorial import translations, trash
from articles.editorial.models import Article
from articles.editorial.versions import drafts
from articles.editorial.versions.content import content_of
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, values_of

LONGEST = "x" * 200


def test_a_copy_has_the_same_content_and_no_url(edna: User) -> None:
    image = newsroom.picture()
    article = newsroom.published(
        "At the strait",
        body=f'<p>Text.</p><figure data-image="{image.pk}"><figcaption></figcaption></figure>',
        lead_image=image,
        authors=[newsroom.author("Ines Faro"), newsroom.author("Rui Tavares")],
        categories=[newsroom.category("Asia"), newsroom.category("News")],
        tags=["ferries"],
    )
    translations.link(newsroom.draft(language="fr"), article)
    copy = drafts.duplicate(article, by=edna)
    copy.refresh_from_db()
    assert (copy.state, copy.slug, copy.created_by) == (Article.State.DRAFT, "", edna)
    assert (copy.published_at, copy.year) == (None, None)
    changed = {"headline": f"At the strait{drafts.ADDED}", "slug": "", "translation_of": None}
    article.refresh_from_db()
    assert content_of(copy) == content_of(article) | changed
    assert copy.figures.count() == 2
    assert copy.revisions.get().created_by == edna


def test_a_copy_starts_from_the_draft_if_there_is_one(edna: User) -> None:
    article = newsroom.published("As published")
    image = newsroom.picture()
    drafts.save(article, {"body": "<p>Changed.</p>", "lead_image_id": image.pk}, by=edna)
    image.delete()
    copy = drafts.duplicate(article, by=edna)
    assert (copy.body, copy.lead_image_id) == ("<p>Changed.</p>", None)
    assert Article.objects.published().get().body != copy.body
    assert drafts.draft_of(article) is not None


@pytest.mark.parametrize("headline", ["", LONGEST, LONGEST[len(drafts.ADDED) - 1 :]])
def test_a_headline_that_leaves_no_room_is_copied_as_it_is(edna: User, headline: str) -> None:
    article = newsroom.draft(headline)
    assert drafts.duplicate(article, by=edna).headline == headline


def test_the_button_opens_one_copy_however_often_it_is_pressed(client: Client, edna: User) -> None:
    article = newsroom.draft("Original")
    client.force_login(edna)
    form = client.get(change_url(article))
    url = f"{change_url(article).removesuffix('change/')}duplicate/"
    assert f'formaction="{url}"' in form.content.decode()
    token = form.context["copy_token"]
    for _ in range(2):
        page = client.post(url, {**values_of(form), "copy_token": token}, follow=True)
    copy = Article.objects.exclude(pk=article.pk).get()
    assert page.redirect_chain[-1][0] == change_url(copy)
    client.post(url, {"copy_token": ""})
    assert Article.objects.count() == 3


def test_only_users_who_may_see_the_article_and_add_articles_copy_it(
    client: Client, rui: User, mina: User, edna: User
) -> None:
    public, draft = newsroom.published(by=edna), newsroom.draft(by=edna)
    in_trash = newsroom.draft(by=rui)
    trash.move(in_trash, by=edna)
    url = "/admin/articles/article/{}/duplicate/"
    client.force_login(mina)
    assert client.post(url.format(public.pk)).status_code == 403
    client.force_login(rui)
    for article in (draft, in_trash):
        assert client.post(url.format(article.pk)).status_code == 403
    assert client.get(url.format(public.pk)).url == change_url(public)  # type: ignore[attr-defined]
    assert client.post(url.format(public.pk)).status_code == 302
    assert Article.objects.filter(created_by=rui, state=Article.State.DRAFT).count() == 1
