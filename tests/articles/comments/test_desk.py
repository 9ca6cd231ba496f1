"""The moderators' list in the admin."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.editorial.models import Article
from tests.articles.comments.conftest import Write

LIST = "/admin/articles/comment/"


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def count_of(queue: str, seen: str) -> int:
    """The number beside a queue's name above the list."""
    found = re.search(rf'data-queue="{queue}"[^(]*\(<span class="admin-count">(\d+)<', seen)
    assert found
    return int(found[1])


def choose(client: Client, action: str, *comments: Comment, at: str = LIST, **more: str) -> str:
    answer = client.post(
        at,
        {"action": action, "_selected_action": [comment.pk for comment in comments], **more},
        follow=True,
    )
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def at_desk(client: Client, mina: User) -> Client:
    client.force_login(mina)
    return client


def test_the_list_begins_with_what_is_held_the_longest_waiting_first(
    at_desk: Client, write: Write
) -> None:
    write("On the page already")
    write("The older one", waits=True)
    write("The newer one", waits=True)
    seen = page(at_desk, LIST)
    assert "On the page already" not in seen
    assert seen.index("The older one") < seen.index("The newer one")
    assert count_of("held", seen) == 2
    assert count_of("approved", seen) == 1


def test_the_list_shows_what_a_comment_answers_and_never_an_address(
    at_desk: Client, write: Write, article: Article
) -> None:
    above = write("Which ferry was it?", name="Ana Reis")
    reply = write("The last one.", parent=above, waits=True)
    seen = page(at_desk, LIST)
    assert "Which ferry was it?" in seen
    assert article.headline in seen
    assert "teo@readers.example" not in seen
    assert "teo@readers.example" not in page(at_desk, f"{LIST}{reply.pk}/change/")


def test_a_search_looks_in_every_queue(at_desk: Client, write: Write) -> None:
    write("About a lighthouse")
    assert "About a lighthouse" in page(at_desk, f"{LIST}?q=lighthouse")
    assert "About a lighthouse" not in page(at_desk, LIST)


@pytest.mark.parametrize(
    ("search", "number"),
    [
        ("lighthouses", 1),  # another form of a word in it
        ("cafe", 1),  # without its accent
        ("keeper lighthouse", 1),  # by its words in any order
        ("%22keeper of the lighthouse%22", 1),
        ("%22lighthouse keeper%22", 0),
        ("lighthouse -keeper", 0),
        ("lighthouse zeppelin", 0),
        ("Teo", 1),  # by who wrote it
        ("strait", 2),  # by its article's headline
    ],
)
def test_a_search_reads_words_as_the_search_of_articles_does(
    at_desk: Client, write: Write, search: str, number: int
) -> None:
    write("The keeper of the lighthouse sat in the café.", name="Teo")
    write("Another thing", name="Ada")
    assert page(at_desk, f"{LIST}?q={search}").count("comment-writer") == number


def test_a_comment_is_read_anew_with_an_article_that_changes_its_language(
    at_desk: Client, write: Write, article: Article
) -> None:
    write("Les bateaux partent")
    assert "Les bateaux" not in page(at_desk, f"{LIST}?q=bateau")
    Article.objects.filter(pk=article.pk).update(language="fr")
    assert "Les bateaux" in page(at_desk, f"{LIST}?q=bateau")


@pytest.mark.parametrize("search", ["%00", "%ED%A0%80", "x" * 3000, "%25", "'"])
def test_a_strange_search_is_no_trouble(at_desk: Client, search: str) -> None:
    assert at_desk.get(f"{LIST}?q={search}").status_code in {200, 302}


def test_many_are_decided_at_once(at_desk: Client, write: Write, mina: User) -> None:
    first, second = write("One", waits=True), write("Two", waits=True)
    assert "2 comments were approved." in choose(at_desk, "approve_chosen", first, second)
    assert Comment.objects.published().count() == 2
    assert {row.created_by for row in first.moderations.filter(decision="approved")} == {mina}


def test_a_rejection_keeps_the_reason(at_desk: Client, write: Write) -> None:
    comment = write(waits=True)
    choose(at_desk, "reject_chosen", comment, reason="Off the subject", tell="on")
    row = comment.moderations.first()
    assert row
    assert (row.decision, row.reason, row.commenter_notified) == (
        "rejected",
        "Off the subject",
        True,
    )


@pytest.mark.parametrize("reason", ["r" * 501, "with\x00in it"])
def test_a_reason_that_cannot_be_kept_is_refused_in_words(
    at_desk: Client, write: Write, reason: str
) -> None:
    comment = write(waits=True)
    seen = choose(at_desk, "reject_chosen", comment, reason=reason)
    assert "Reason: " in seen
    comment.refresh_from_db()
    assert comment.state == "held"


def test_the_list_says_what_somebody_else_decided_meanwhile(
    at_desk: Client, write: Write, edna: User
) -> None:
    one, two = write("One", waits=True), write("Two", waits=True)
    decisions.reject(one, by=edna)
    seen = choose(at_desk, "approve_chosen", one, two)
    assert "One comment was approved." in seen
    assert "One comment was already decided by another moderator." in seen
    one.refresh_from_db()
    assert one.state == "rejected"


def test_a_comments_own_page_decides_and_shows_every_decision(
    at_desk: Client, write: Write
) -> None:
    comment = write("Words in full\nand a second line", waits=True)
    address = f"{LIST}{comment.pk}/change/"
    seen = page(at_desk, address)
    assert "Every comment is pending first." in seen
    decide = reverse("admin:articles_comment_decide", args=[comment.pk])
    assert decide in seen
    at_desk.post(decide, {"verb": "spam", "seen": "held"})
    comment.refresh_from_db()
    assert comment.state == "spam"
    assert "Mina Sato" in page(at_desk, address)


def test_a_decision_on_an_older_state_is_refused_with_a_name(
    at_desk: Client, write: Write, edna: User
) -> None:
    comment = write(waits=True)
    decisions.approve(comment, by=edna)
    decide = reverse("admin:articles_comment_decide", args=[comment.pk])
    answer = at_desk.post(decide, {"verb": "reject", "seen": "held"}, follow=True)
    assert "Edna Okafor approved this comment a moment ago." in answer.content.decode()
    comment.refresh_from_db()
    assert comment.state == "approved"


@pytest.mark.parametrize("form", [{}, {"verb": "x"}, {"verb": "spam", "seen": "x"}])
def test_a_decision_that_is_none_is_refused_in_words(
    at_desk: Client, write: Write, form: dict[str, str]
) -> None:
    comment = write(waits=True)
    decide = reverse("admin:articles_comment_decide", args=[comment.pk])
    answer = at_desk.post(decide, form, follow=True)
    assert answer.status_code == 200
    comment.refresh_from_db()
    assert comment.state == "held"


def test_a_moderator_never_changes_a_word(at_desk: Client, write: Write) -> None:
    comment = write("As it was written", waits=True)
    at_desk.post(
        f"{LIST}{comment.pk}/change/",
        {"text": "Other words", "name": "Other", "state": "approved", "_save": "Save"},
    )
    comment.refresh_from_db()
    assert (comment.text, comment.name, comment.state) == (
        "As it was written",
        "Teo Brandt",
        "held",
    )
    assert at_desk.get(f"{LIST}add/").status_code == 403
    assert at_desk.get(f"{LIST}{comment.pk}/delete/").status_code == 403


def test_nobody_is_offered_to_delete_what_was_decided(
    client: Client, write: Write, chief: User
) -> None:
    comment = write(waits=True)
    chief.is_superuser = True
    chief.save()
    client.force_login(chief)
    assert "delete_selected" not in page(client, LIST)
    assert "/delete/" not in page(client, f"{LIST}{comment.pk}/change/")
    assert client.get(f"{LIST}{comment.pk}/delete/").status_code == 403


def test_a_reporter_decides_nothing(client: Client, write: Write, rui: User) -> None:
    comment = write(waits=True)
    client.force_login(rui)
    decide = reverse("admin:articles_comment_decide", args=[comment.pk])
    assert client.get(LIST).status_code == 403
    assert client.post(decide, {"verb": "approve"}).status_code == 403
    comment.refresh_from_db()
    assert comment.state == "held"


def test_the_log_is_read_only(at_desk: Client, write: Write, edna: User) -> None:
    comment = write(waits=True)
    decisions.reject(comment, by=edna, reason="Off the subject")
    log = "/admin/articles/moderationdecision/"
    seen = page(at_desk, f"{log}?q=subject")
    assert "Edna Okafor" in seen
    row = comment.moderations.first()
    assert row
    assert at_desk.get(f"{log}add/").status_code == 403
    answer = at_desk.post(f"{log}{row.pk}/change/", {"reason": "Changed"})
    assert answer.status_code in {403, 405}
    row.refresh_from_db()
    assert row.reason == "Off the subject"


def test_the_first_page_says_how_many_wait(
    at_desk: Client, write: Write, client: Client, rui: User
) -> None:
    assert "comments pending" not in page(at_desk, "/admin/")
    write("One", waits=True)
    write("Two", waits=True)
    assert "2 comments pending" in page(at_desk, "/admin/")
    client.force_login(rui)
    assert "comments pending" not in page(client, "/admin/")


def test_a_reason_that_is_refused_on_a_comments_page_is_still_in_its_field(
    at_desk: Client, write: Write
) -> None:
    comment = write(waits=True)
    decide = reverse("admin:articles_comment_decide", args=[comment.pk])
    form = {"verb": "reject", "seen": "held", "reason": "Unkind " * 100}
    seen = at_desk.post(decide, form, follow=True).content.decode()
    assert "at most 500 characters" in seen
    assert 'value="Unkind Unkind' in seen


def test_the_list_takes_as_many_queries_for_many_as_for_few(at_desk: Client, write: Write) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            page(at_desk, LIST)
        return len(seen)

    above = write("Above")
    for number in range(2):
        write(f"Reply {number}", parent=above, waits=True)
    few = queries()
    for number in range(12):
        write(f"More {number}", parent=above, waits=True)
    assert queries() == few
