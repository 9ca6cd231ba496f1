"""The list of comments in the admin."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial.models import Article
from tests import moderation
from tests.articles.comments.conftest import Write

LIST = "/admin/articles/comment/"


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def count_of(queue: str, html: str) -> int:
    """Returns the count in the tab of a queue."""
    found = re.search(rf'data-queue="{queue}".*?admin-count".*?>(\d+)<', html, re.DOTALL)
    assert found
    return int(found[1])


def choose(client: Client, action: str, *comments: Comment, **more: str) -> str:
    response = client.post(
        LIST,
        {"action": action, "_selected_action": [comment.pk for comment in comments], **more},
        follow=True,
    )
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def moderator_client(client: Client, mina: User) -> Client:
    client.force_login(mina)
    return client


def test_the_list_shows_pending_comments_the_oldest_first(
    moderator_client: Client, write: Write
) -> None:
    write("On the page already")
    write("The older one", pending=True)
    write("The newer one", pending=True)
    html = page(moderator_client, LIST)
    assert "On the page already" not in html
    assert html.index("The older one") < html.index("The newer one")
    assert count_of("held", html) == 2
    assert count_of("approved", html) == 1


def test_the_list_shows_the_parent_and_no_email_address(
    moderator_client: Client, write: Write, article: Article
) -> None:
    parent = write("Which ferry was it?", name="Ana Reis")
    reply = write("The last one.", parent=parent, pending=True)
    html = page(moderator_client, LIST)
    assert "Which ferry was it?" in html
    assert article.headline in html
    assert "teo@readers.example" not in html
    assert "teo@readers.example" not in page(moderator_client, f"{LIST}{reply.pk}/change/")


def test_a_search_includes_every_queue(moderator_client: Client, write: Write) -> None:
    write("About a lighthouse")
    assert "About a lighthouse" in page(moderator_client, f"{LIST}?q=lighthouse")
    assert "About a lighthouse" not in page(moderator_client, LIST)


@pytest.mark.parametrize(
    ("search", "number"),
    [
        ("lighthouses", 1),  # another form of a word
        ("cafe", 1),  # without its accent
        ("keeper lighthouse", 1),  # words in any order
        ("%22keeper of the lighthouse%22", 1),
        ("%22lighthouse keeper%22", 0),
        ("lighthouse -keeper", 0),
        ("lighthouse zeppelin", 0),
        ("Teo", 1),  # name of the commenter
        ("strait", 2),  # headline of the article
    ],
)
def test_a_search_matches_words_like_the_search_of_articles(
    moderator_client: Client, write: Write, search: str, number: int
) -> None:
    write("The keeper of the lighthouse sat in the café.", name="Teo")
    write("Another thing", name="Ada")
    assert page(moderator_client, f"{LIST}?q={search}").count("comment-writer") == number


def test_the_search_vector_follows_the_language_of_the_article(
    moderator_client: Client, write: Write, article: Article
) -> None:
    write("Les bateaux partent")
    assert "Les bateaux" not in page(moderator_client, f"{LIST}?q=bateau")
    Article.objects.filter(pk=article.pk).update(language="fr")
    assert "Les bateaux" in page(moderator_client, f"{LIST}?q=bateau")


def test_several_comments_are_decided_at_once(
    moderator_client: Client, write: Write, mina: User
) -> None:
    first, second = write("One", pending=True), write("Two", pending=True)
    assert "2 comments were approved." in choose(moderator_client, "approve_chosen", first, second)
    assert Comment.objects.published().count() == 2
    assert {row.created_by for row in first.moderations.filter(decision="approved")} == {mina}


def test_a_rejection_saves_the_reason(moderator_client: Client, write: Write) -> None:
    comment = write(pending=True)
    choose(moderator_client, "reject_chosen", comment, reason="Off the subject", tell="on")
    row = comment.moderations.first()
    assert row
    assert (row.decision, row.reason, row.commenter_notified) == (
        "rejected",
        "Off the subject",
        True,
    )


@pytest.mark.parametrize("reason", ["r" * 501, "with\x00in it"])
def test_an_invalid_reason_is_an_error(moderator_client: Client, write: Write, reason: str) -> None:
    comment = write(pending=True)
    html = choose(moderator_client, "reject_chosen", comment, reason=reason)
    assert "Reason: " in html
    comment.refresh_from_db()
    assert comment.state == "held"


def test_the_list_reports_comments_decided_by_others_meanwhile(
    moderator_client: Client, write: Write, edna: User
) -> None:
    one, two = write("One", pending=True), write("Two", pending=True)
    moderation.reject(one, by=edna)
    html = choose(moderator_client, "approve_chosen", one, two)
    assert "One comment was approved." in html
    assert "One comment was already decided by another moderator." in html
    one.refresh_from_db()
    assert one.state == "rejected"


def test_the_page_of_a_comment_shows_every_decision(moderator_client: Client, write: Write) -> None:
    comment = write("Words in full\nand a second line", pending=True)
    url = f"{LIST}{comment.pk}/change/"
    html = page(moderator_client, url)
    assert "Every comment is pending first." in html
    decide = reverse("admin:articles_comment_decide", args=[comment.pk])
    assert decide in html
    moderator_client.post(decide, {"decision": "spam", "seen": "held"})
    comment.refresh_from_db()
    assert comment.state == "spam"
    assert "Mina Sato" in page(moderator_client, url)


def test_a_decision_on_an_older_state_names_the_other_moderator(
    moderator_client: Client, write: Write, edna: User
) -> None:
    comment = write(pending=True)
    moderation.approve(comment, by=edna)
    decide = reverse("admin:articles_comment_decide", args=[comment.pk])
    response = moderator_client.post(decide, {"decision": "reject", "seen": "held"}, follow=True)
    assert "Edna Okafor approved this comment a moment ago." in response.content.decode()
    comment.refresh_from_db()
    assert comment.state == "approved"


@pytest.mark.parametrize("form", [{}, {"decision": "x"}, {"decision": "spam", "seen": "x"}])
def test_an_invalid_decision_changes_nothing(
    moderator_client: Client, write: Write, form: dict[str, str]
) -> None:
    comment = write(pending=True)
    decide = reverse("admin:articles_comment_decide", args=[comment.pk])
    response = moderator_client.post(decide, form, follow=True)
    assert response.status_code == 200
    comment.refresh_from_db()
    assert comment.state == "held"


def test_a_moderator_cannot_edit_add_or_delete_comments(
    moderator_client: Client, write: Write
) -> None:
    comment = write("As it was written", pending=True)
    moderator_client.post(
        f"{LIST}{comment.pk}/change/",
        {"text": "Other words", "name": "Other", "state": "approved", "_save": "Save"},
    )
    comment.refresh_from_db()
    assert (comment.text, comment.name, comment.state) == (
        "As it was written",
        "Teo Brandt",
        "held",
    )
    assert moderator_client.get(f"{LIST}add/").status_code == 403
    assert moderator_client.get(f"{LIST}{comment.pk}/delete/").status_code == 403


def test_superusers_cannot_delete_comments_either(
    client: Client, write: Write, chief: User
) -> None:
    comment = write(pending=True)
    chief.is_superuser = True
    chief.save()
    client.force_login(chief)
    assert "delete_selected" not in page(client, LIST)
    assert "/delete/" not in page(client, f"{LIST}{comment.pk}/change/")
    assert client.get(f"{LIST}{comment.pk}/delete/").status_code == 403


def test_a_reporter_cannot_decide(client: Client, write: Write, rui: User) -> None:
    comment = write(pending=True)
    client.force_login(rui)
    decide = reverse("admin:articles_comment_decide", args=[comment.pk])
    assert client.get(LIST).status_code == 403
    assert client.post(decide, {"decision": "approve"}).status_code == 403
    comment.refresh_from_db()
    assert comment.state == "held"


def test_the_log_is_read_only(moderator_client: Client, write: Write, edna: User) -> None:
    comment = write(pending=True)
    moderation.reject(comment, by=edna, reason="Off the subject")
    log = "/admin/articles/moderationdecision/"
    html = page(moderator_client, f"{log}?q=subject")
    assert "Edna Okafor" in html
    row = comment.moderations.first()
    assert row
    assert moderator_client.get(f"{log}add/").status_code == 403
    response = moderator_client.post(f"{log}{row.pk}/change/", {"reason": "Changed"})
    assert response.status_code in {403, 405}
    row.refresh_from_db()
    assert row.reason == "Off the subject"


def test_the_dashboard_shows_the_number_of_pending_comments(
    moderator_client: Client, write: Write, client: Client, rui: User
) -> None:
    assert "comments pending" not in page(moderator_client, "/admin/")
    write("One", pending=True)
    write("Two", pending=True)
    assert "2 comments pending" in page(moderator_client, "/admin/")
    client.force_login(rui)
    assert "comments pending" not in page(client, "/admin/")


def test_an_invalid_reason_is_shown_again_on_the_page(
    moderator_client: Client, write: Write
) -> None:
    comment = write(pending=True)
    decide = reverse("admin:articles_comment_decide", args=[comment.pk])
    form = {"decision": "reject", "seen": "held", "reason": "Unkind " * 100}
    html = moderator_client.post(decide, form, follow=True).content.decode()
    assert "at most 500 characters" in html
    assert 'value="Unkind Unkind' in html


def test_the_list_takes_the_same_number_of_queries_for_any_length(
    moderator_client: Client, write: Write
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as queries_made:
            page(moderator_client, LIST)
        return len(queries_made)

    parent = write("Above")
    for number in range(2):
        write(f"Reply {number}", parent=parent, pending=True)
    few = queries()
    for number in range(12):
        write(f"More {number}", parent=parent, pending=True)
    assert queries() == few
