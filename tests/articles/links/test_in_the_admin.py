"""Links in the admin: blockers, “Linked from”, the search of the link dialog, the comparison of versions."""

from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse

from accounts.models import User
from articles.editorial import internal_links, publishing, trash
from articles.editorial.checklist import NotReady, link_blockers, suggestions
from articles.editorial.internal_links import MAX_SOURCES, linked_from
from articles.editorial.models import Article
from articles.editorial.versions import drafts
from articles.editorial.versions.diff import compared
from articles.links.models import InternalLink
from articles.links.targets import link_kinds
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, visible_text
from tests.articles.links.texts import linking_to, page, target

pytestmark = pytest.mark.django_db

LINKS = reverse("admin:articles_article_links")


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def titles(response: Any) -> list[str]:
    return [each["title"] for group in response.json()["groups"] for each in group["targets"]]


# A broken link blocks publishing


@pytest.mark.parametrize("gone", ["unpublished", "in the trash", "deleted", "page"])
def test_a_broken_link_blocks_publishing(gone: str, edna: User) -> None:
    vote = target()
    body = linking_to(f"internal:article/{vote.pk}", text="the mussel vote")
    if gone == "page":
        body = linking_to(f"internal:page/{page(is_published=False).pk}", text="the mussel vote")
    article = newsroom.draft(body=body)
    if gone != "page":
        publishing.unpublish(vote, by=edna)
    if gone in ("in the trash", "deleted"):
        trash.move(vote, by=edna)
    if gone == "deleted":
        trash.delete(vote.pk)
    with pytest.raises(NotReady) as refusal:
        publishing.publish(article, by=edna)
    assert "the mussel vote" in str(refusal.value.blockers[0])
    drafts.save(article, {"body": "<p>No link.</p>"}, by=edna)
    publishing.publish(article, by=edna)


def test_a_broken_link_blocks_the_publication_of_changes(edna: User) -> None:
    vote, article = target(), newsroom.published()
    drafts.save(article, {"body": linking_to(vote.get_absolute_url())}, by=edna)
    publishing.unpublish(vote, by=edna)
    with pytest.raises(NotReady):
        publishing.publish_changes(article, by=edna)
    assert "internal" not in Article.objects.get(pk=article.pk).body


def test_two_drafts_that_link_to_each_other_can_be_published(edna: User) -> None:
    one, other = newsroom.draft("One"), newsroom.draft("Other")
    drafts.save(one, {"body": linking_to(f"internal:article/{other.pk}")}, by=edna)
    drafts.save(other, {"body": linking_to(f"internal:article/{one.pk}")}, by=edna)
    one.refresh_from_db()
    assert len(suggestions(one, has_author=True)) == 1
    publishing.publish(one, by=edna)
    publishing.publish(other, by=edna)
    assert suggestions(one, has_author=True) == []


def test_an_article_without_references_is_checked_without_a_query(
    django_assert_num_queries: Any,
) -> None:
    article = newsroom.draft(body=linking_to("https://example.org/"))
    with django_assert_num_queries(0):
        assert link_blockers(article) == []


# “Linked from”


def test_the_form_of_an_article_says_what_links_to_it(editor_client: Client, edna: User) -> None:
    vote = target()
    published = newsroom.published("Farms", body=linking_to(vote.get_absolute_url()))
    draft = newsroom.draft("Later", body=linking_to(vote.get_absolute_url()))
    about = page(body=linking_to(vote.get_absolute_url()))
    response = editor_client.get(change_url(vote))
    sources = response.context["linked_from"].sources
    assert {each.title for each in sources} == {"Farms", "Later", about.title}
    assert change_url(published).encode() in response.content
    assert {each.title for each in sources if each.is_published} == {"Farms", about.title}
    trash.move(draft, by=edna)
    assert len(linked_from(internal_links.NAME, [vote.pk], user=edna).sources) == 2


def test_the_form_of_a_page_says_what_links_to_it(editor_client: Client) -> None:
    about = page()
    newsroom.published("Farms", body=linking_to("/about/"))
    response = editor_client.get(reverse("admin:articles_page_change", args=[about.pk]))
    assert "Farms" in visible_text(response)


def test_a_reporter_does_not_learn_of_other_peoples_drafts(rui: User, edna: User) -> None:
    vote = target()
    newsroom.draft("A secret", body=linking_to(vote.get_absolute_url()), by=edna)
    newsroom.draft("My own", body=linking_to(vote.get_absolute_url()), by=rui)
    found = linked_from(internal_links.NAME, [vote.pk], user=rui)
    assert [each.title for each in found.sources] == ["My own"]


def test_a_long_list_is_cut(edna: User, django_assert_num_queries: Any) -> None:
    vote = target()
    articles = [newsroom.draft(f"Number {number}") for number in range(2)]
    InternalLink.objects.bulk_create(
        InternalLink(article=each, target_kind="article", target_id=vote.pk) for each in articles
    )
    edna.has_perm("articles.change_article")
    with django_assert_num_queries(1):
        found = linked_from(internal_links.NAME, [vote.pk], user=edna)
    assert (len(found.sources), found.is_complete, MAX_SOURCES) == (2, True, 50)


def test_unpublishing_names_the_published_texts_with_a_link(
    editor_client: Client, edna: User
) -> None:
    vote = target()
    newsroom.published("Farms", body=linking_to(vote.get_absolute_url()))
    newsroom.draft("Unready", body=linking_to(vote.get_absolute_url()))
    shown = visible_text(
        editor_client.get(reverse("admin:articles_article_unpublish", args=[vote.pk]))
    )
    assert "Farms" in shown
    assert "Unready" not in shown
    chosen = {"action": "unpublish_selected", ACTION_CHECKBOX_NAME: [vote.pk]}
    listed = editor_client.post(reverse("admin:articles_article_changelist"), chosen)
    assert "Farms" in visible_text(listed)


def test_moving_to_the_trash_names_the_published_texts_with_a_link(
    editor_client: Client, edna: User
) -> None:
    vote = target()
    newsroom.published("Farms", body=linking_to(vote.get_absolute_url()))
    publishing.unpublish(vote, by=edna)
    url = reverse("admin:articles_article_move_to_trash", args=[vote.pk])
    response = editor_client.post(url, follow=True)
    assert any("Farms" in str(message) for message in response.context["messages"])


def test_saving_a_page_warns_of_links_that_readers_do_not_see(editor_client: Client) -> None:
    about = page(body=linking_to("internal:article/999999", text="the mussel vote"))
    url = reverse("admin:articles_page_change", args=[about.pk])
    fields = {
        "title": about.title,
        "path": about.path,
        "body": about.body,
        "language": "en",
        "description": "",
        "position": "",
        "is_published": "on",
    }
    response = editor_client.post(url, fields, follow=True)
    assert any("the mussel vote" in str(message) for message in response.context["messages"])


# The search of the dialog


def test_targets_are_found_by_the_words_of_their_titles(editor_client: Client) -> None:
    newsroom.published("Council votes on mussel farms")
    newsroom.draft("Mussel farms, a history")
    newsroom.published("Something else")
    page("mussels", title="About mussel farms")
    response = editor_client.get(LINKS, {"q": "FARMS mussel"})
    assert titles(response) == [
        "Mussel farms, a history",
        "Council votes on mussel farms",
        "About mussel farms",
    ]
    shown = response.json()["groups"][0]["targets"]
    assert [each["status"] for each in shown] == ["waiting", "public"]


def test_a_search_has_few_rows_and_queries(
    editor_client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        newsroom.draft(f"Number {number}")
    page()
    editor_client.get(LINKS)
    with django_assert_max_num_queries(8) as queries:
        response = editor_client.get(LINKS, {"q": ""})
    assert len(titles(response)) == 9
    found = [each for each in queries.captured_queries if "link_title" in each["sql"]]
    assert len(found) == len(list(link_kinds))


def test_a_reporter_finds_what_they_may_see(client: Client, rui: User, edna: User) -> None:
    newsroom.published("Farm one")
    newsroom.draft("Farm two", by=rui)
    secret = newsroom.draft("Farm three", by=edna)
    page("farm", title="Farm hidden", is_published=False)
    client.force_login(rui)
    assert titles(client.get(LINKS, {"q": "farm"})) == ["Farm two", "Farm one"]
    reference = f"internal:article/{secret.pk}"
    described = client.get(LINKS, {"reference": reference}).json()["targets"][reference]
    assert (described["title"], described["status"]) == ("", "waiting")


@pytest.mark.parametrize("who", ["mina", "ola", None])
def test_only_those_who_write_may_search(
    client: Client, request: pytest.FixtureRequest, who: str | None
) -> None:
    newsroom.published("Farms")
    if who:
        client.force_login(request.getfixturevalue(who))
    response = client.get(LINKS, {"q": "farms"})
    assert response.status_code in (302, 403)
    assert b"Farms" not in response.content


def test_references_are_described(editor_client: Client) -> None:
    vote, about = target(), page()
    asked = [
        f"internal:article/{vote.pk}",
        f"internal:page/{about.pk}#x",
        "internal:article/999999",
    ]
    response = editor_client.get(LINKS, {"reference": [*asked, "javascript:alert(1)"]})
    found = response.json()["targets"]
    assert found[asked[0]]["title"] == vote.headline
    assert found[f"internal:page/{about.pk}"]["url"] == "/about/"
    assert found[asked[2]]["status"] == "gone"
    assert len(found) == 3


# Comparing versions


def test_a_changed_target_is_shown_with_its_title(edna: User) -> None:
    vote, other = target(), newsroom.published("Harbour fees rise")
    article = newsroom.draft(body=linking_to(vote.get_absolute_url()), by=edna)
    first = article.revisions.get()
    second = drafts.save(article, {"body": linking_to(other.get_absolute_url())}, by=edna)
    (part,) = [each for each in compared(first, second) if each.name.startswith("Links")]
    pieces = [(piece.kind, piece.text) for piece in part.paragraphs[0].pieces]
    assert pieces == [
        ("same", "the vote: "),
        ("removed", f"“{vote.headline}”"),
        ("same", " → "),
        ("added", f"“{other.headline}”"),
    ]


def test_added_and_removed_links_are_shown(edna: User) -> None:
    article = newsroom.draft(body=linking_to("https://example.org/a", text="A"), by=edna)
    first = article.revisions.get()
    body = linking_to("internal:article/999999", text="B")
    second = drafts.save(article, {"body": body}, by=edna)
    (part,) = [each for each in compared(first, second) if each.name.startswith("Links")]
    kinds = [(line.pieces[0].text, line.pieces[1].kind) for line in part.paragraphs]
    assert kinds == [("A: ", "removed"), ("B: ", "added")]
