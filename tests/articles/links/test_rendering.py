"""Readers follow references to where their targets are now."""

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.body.references import Reference
from articles.editorial import publishing, trash
from articles.editorial.models import Article
from articles.editorial.rendering import render_body
from articles.editorial.versions import revisions
from articles.links.targets import targets_of, urls_for
from articles.pages import saving
from iria.publication.models import current_publication
from tests import newsroom
from tests.articles.links.texts import linking_to, page, target

pytestmark = pytest.mark.django_db


def shown(article: Article) -> str:
    """Its text as readers see it."""
    return render_body(Article.objects.for_page().get(pk=article.pk), current_publication())


def page_of(client: Client, article: Article) -> str:
    return client.get(article.get_absolute_url()).content.decode()


def test_a_link_follows_an_article_that_moves(client: Client, edna: User) -> None:
    vote = target()
    article = newsroom.published("Farms", body=linking_to(vote.get_absolute_url() + "#h-votes"))
    before = vote.get_absolute_url()
    assert f'href="{before}#h-votes"' in page_of(client, article)
    etag = client.get(article.get_absolute_url())["ETag"]
    vote.slug = "mussels"
    revisions.save(vote, by=edna)
    after = vote.get_absolute_url()
    assert after != before
    for path in (article.get_absolute_url(), "/feed/", "/feed/atom/"):
        text = client.get(path).content.decode()
        assert f"{after}#h-votes" in text
        assert f"{before}#h-votes" not in text
    api = client.get(f"/api/v1/articles/{article.pk}/?fields=html").json()
    assert f"{after}#h-votes" in api["html"]
    listed = client.get("/api/v1/articles/?fields=html,text").json()["items"]
    assert any(f"{after}#h-votes" in each["html"] for each in listed)
    # A copy in a browser is known to be old.
    assert (
        client.get(article.get_absolute_url(), headers={"If-None-Match": etag}).status_code == 200
    )


def test_a_link_follows_a_page_that_moves(client: Client) -> None:
    about = page("about")
    article = newsroom.published(body=linking_to("/about/"))
    about.path = "institute/us"
    saving.save(about)
    assert 'href="/institute/us/"' in page_of(client, article)


def test_the_text_of_a_page_has_links_by_reference_too(client: Client, edna: User) -> None:
    vote = target()
    page("about", body=linking_to(vote.get_absolute_url()))
    vote.slug = "mussels"
    revisions.save(vote, by=edna)
    assert f'href="{vote.get_absolute_url()}"' in client.get("/about/").content.decode()


def test_a_link_to_what_readers_cannot_open_is_text() -> None:
    draft, hidden = newsroom.draft("A secret"), page("hidden", is_published=False)
    for reference in (f"article/{draft.pk}", f"page/{hidden.pk}", "article/999999", "file/1"):
        html = shown(newsroom.draft(body=linking_to(f"internal:{reference}")))
        assert html == "<p>More about the vote.</p>"


def test_a_link_to_an_unpublished_article_is_text_until_it_returns(
    client: Client, edna: User
) -> None:
    vote = target()
    article = newsroom.published("Farms", body=linking_to(vote.get_absolute_url()))
    publishing.unpublish(vote, by=edna)
    for path in (article.get_absolute_url(), "/feed/"):
        text = client.get(path).content.decode()
        assert vote.get_absolute_url() not in text
        assert "internal:" not in text
        assert "the vote" in text
    publishing.publish(vote, by=edna)
    assert f'href="{vote.get_absolute_url()}"' in page_of(client, article)


def test_the_plain_text_has_the_words_of_a_link_only(client: Client) -> None:
    vote = target()
    article = newsroom.published("Farms", body=linking_to(vote.get_absolute_url()))
    api = client.get(f"/api/v1/articles/{article.pk}/?fields=text").json()
    assert api["text"] == "More about the vote."


def test_all_references_of_a_list_cost_one_query(django_assert_num_queries: Any) -> None:
    about, votes = page(), [target() for _ in range(3)]
    bodies = [linking_to(f"internal:article/{each.pk}") for each in votes]
    bodies.append(linking_to(f"internal:page/{about.pk}"))
    with django_assert_num_queries(1):
        assert len(urls_for(*bodies)) == 4
    with django_assert_num_queries(0):
        assert urls_for("<p>One</p>", linking_to("https://example.org/")) == {}


@pytest.mark.parametrize("path", ["/feed/", "/api/v1/articles/?fields=html,text"])
def test_lists_cost_one_query_more_with_references(
    client: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        client.get(path)
        with django_assert_max_num_queries(20) as context:
            client.get(path)
        return len(context.captured_queries)

    vote = target()
    without = queries()
    for _ in range(3):
        newsroom.published(body=linking_to(vote.get_absolute_url()) + linking_to("/about/"))
    assert queries() == without + 1


def test_the_url_of_a_target_is_the_one_of_the_row(edna: User) -> None:
    vote, about = target(), page("\u00fcber-uns")
    vote.slug = "\u6f01\u696d"
    revisions.save(vote, by=edna)
    for kind, row in (("article", vote), ("page", about)):
        reference = Reference(kind, row.pk)
        assert targets_of([reference])[reference].url == row.get_absolute_url()


def test_articles_and_pages_have_a_status(edna: User) -> None:
    vote, draft, deleted = target(), newsroom.draft(), newsroom.draft()
    trash.move(deleted, by=edna)
    shown_page, hidden = page("a"), page("b", is_published=False)
    references = [Reference("article", each.pk) for each in (vote, draft, deleted)]
    references += [Reference("page", each.pk) for each in (shown_page, hidden)]
    found = targets_of([*references, Reference("article", 10**17), Reference("file", 1)])
    assert [found[each].status for each in references] == [
        "public",
        "waiting",
        "gone",
        "public",
        "gone",
    ]


def test_a_page_follows_the_clock_of_its_process_and_not_that_of_the_database(
    client: Client,
) -> None:
    now = timezone.now()
    vote = newsroom.published("The mussel vote", at=now + timedelta(hours=1))
    article = newsroom.published(body=linking_to(f"internal:article/{vote.pk}"), at=now)
    assert vote.get_absolute_url() not in page_of(client, article)
    with mock.patch("django.utils.timezone.now", return_value=now + timedelta(hours=2)):
        text = page_of(client, article)
    # In the text and among the articles to read next.
    assert text.count(f'href="{vote.get_absolute_url()}"') == 2
