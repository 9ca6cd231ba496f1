"""Picks for “Read next” in the form of an article: part of its draft, like its text."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article, Draft, RelatedPick
from articles.editorial.models.article_parts import MAX_PICKS
from articles.editorial.versions import drafts
from articles.editorial.versions.diff import compared
from articles.editorial.versions.drafts import duplicate
from articles.related.read_next import related_to
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, errors_on, send

pytestmark = pytest.mark.django_db


def picked(article: Article) -> list[int]:
    """As an editor sees them."""
    current = Article.objects.get(pk=article.pk)
    found: list[int] = drafts.open_for_editing(current).content["picks"]
    return found


def pks(*articles: Article) -> list[str]:
    return [str(each.pk) for each in articles]


def test_readers_see_picks_in_their_order_when_the_changes_are_published(
    client: Client, edna: User
) -> None:
    client.force_login(edna)
    article = newsroom.published("Strait")
    first, second = newsroom.published("First"), newsroom.published("Second")
    send(client, change_url(article), picks=pks(second, first))
    assert picked(article) == [second.pk, first.pk]
    assert related_to(article) == []
    send(client, change_url(article), press="_publish")
    assert not Draft.objects.exists()
    assert related_to(article) == [second, first]


def test_picks_are_saved_in_the_background(client: Client, edna: User) -> None:
    client.force_login(edna)
    article, other = newsroom.published("Strait"), newsroom.published("Other")
    url = f"/admin/articles/article/{article.pk}/autosave/"
    answer = client.post(url, {"version": article.version, "picks": pks(other)})
    assert answer.json()["changes_wait"]
    assert picked(article) == [other.pk]
    assert not RelatedPick.objects.exists()


@pytest.mark.parametrize("where", ["form", "autosave"])
def test_an_article_is_not_picked_for_itself(where: str, client: Client, edna: User) -> None:
    client.force_login(edna)
    article = newsroom.draft("Strait")
    if where == "form":
        assert errors_on(send(client, change_url(article), picks=pks(article)))
    else:
        url = f"/admin/articles/article/{article.pk}/autosave/"
        answer = client.post(url, {"version": article.version, "picks": pks(article)})
        assert list(answer.json()["errors"]) == ["picks"]
    assert picked(article) == []


@pytest.mark.parametrize("where", ["form", "autosave"])
def test_a_reporter_picks_no_article_that_others_are_writing(
    where: str, client: Client, rui: User, edna: User
) -> None:
    client.force_login(rui)
    article, secret = newsroom.draft("Strait", by=rui), newsroom.draft("Secret", by=edna)
    assert "Secret" not in client.get(change_url(article)).content.decode()
    if where == "form":
        assert errors_on(send(client, change_url(article), picks=pks(secret)))
    else:
        url = f"/admin/articles/article/{article.pk}/autosave/"
        answer = client.post(url, {"version": article.version, "picks": pks(secret)})
        assert list(answer.json()["errors"]) == ["picks"]
    assert picked(article) == []
    # What an editor picked stays, without its headline.
    drafts.save(article, {"picks": [secret.pk]}, by=edna)
    page = send(client, change_url(article), headline="Strait, again")
    assert not errors_on(page)
    assert "Secret" not in page.content.decode()
    assert picked(article) == [secret.pk]


def test_more_picks_than_the_page_shows_are_refused(client: Client, edna: User) -> None:
    client.force_login(edna)
    article = newsroom.draft("Strait")
    others = [newsroom.published(f"Other {number}") for number in range(MAX_PICKS + 1)]
    assert errors_on(send(client, change_url(article), picks=pks(*others)))
    assert not errors_on(send(client, change_url(article), picks=pks(*others[1:])))
    assert len(picked(article)) == MAX_PICKS


def test_articles_to_pick_are_found_by_the_words_of_their_headlines(
    client: Client, edna: User, rui: User
) -> None:
    newsroom.published("At the strait")
    newsroom.draft("Across the strait", by=edna)
    url = "/admin/articles/article/choices/picks/"
    for person, expected in (
        (edna, ["Across the strait", "At the strait"]),
        (rui, ["At the strait"]),
    ):
        client.force_login(person)
        answer = client.get(url, {"q": "strait the"}).json()
        assert [row["label"] for row in answer["results"]] == expected
        assert not answer["may_add"]


def test_picks_are_compared_restored_and_duplicated(edna: User) -> None:
    article, other = newsroom.draft("Strait"), newsroom.published("Other")
    before = article.revisions.get()
    with_pick = drafts.save(article, {"picks": [other.pk]}, by=edna)
    (part,) = compared(before, with_pick)
    assert part.fields == ("picks",)
    assert "Other" in part.paragraphs[0].pieces[0].text
    assert picked(duplicate(article, by=edna)) == [other.pk]
    drafts.restore(article, before, by=edna)
    assert not article.related_picks.exists()
    drafts.restore(article, with_pick, by=edna, names=["picks"])
    assert article.related_picks.get().picked == other


def test_an_article_deleted_for_good_is_no_longer_picked(edna: User) -> None:
    article, other = newsroom.published("Strait"), newsroom.draft("Other")
    drafts.save(article, {"picks": [other.pk]}, by=edna)
    other.delete()
    assert publishing.publish_changes(article, by=edna)
    assert not RelatedPick.objects.exists()


def test_a_version_without_picks_leaves_them_unchanged(edna: User) -> None:
    article: Any = newsroom.draft("First")
    other = newsroom.published("Other")
    old = article.revisions.get()
    for name in ("picks", "series", "series_position"):
        del old.details[name]
    old.save()
    drafts.save(article, {"headline": "Second", "picks": [other.pk]}, by=edna)
    drafts.restore(article, old, by=edna)
    assert Article.objects.get(pk=article.pk).headline == "First"
    assert picked(article) == [other.pk]


def test_saving_without_a_change_repeats_no_version_of_an_earlier_release(edna: User) -> None:
    article: Any = newsroom.published("First")
    old = article.revisions.get()
    for name in ("picks", "series", "series_position"):
        del old.details[name]
    old.save()
    assert drafts.save(article, {"headline": "First"}, by=edna) == old
