"""Editing one's own comment, and the list of one's own comments."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import decisions, flagging, queues
from articles.comments.moderation.models import Flag
from articles.comments.screening.models import Check, ScreenedWord, ScreeningRule
from articles.comments.submission import links, posting
from articles.comments.threads import thread_of
from articles.editorial.models import Article
from tests import moderation
from tests.articles.comments.conftest import Write


def status_url(comment: Comment, path: str = "") -> str:
    return f"/comments/yours/{links.link_to(comment)}/{path}"


def test_a_guest_edits_a_comment_and_the_old_text_is_kept(
    client: Client, article: Article, write: Write
) -> None:
    comment = write("I was on that fery.", pending=True)
    assert "I was on that fery.</textarea>" in client.get(status_url(comment)).content.decode()
    response = client.post(status_url(comment, "change/"), {"text": "I was on that ferry.\r\n"})
    assert response.status_code == 302
    comment.refresh_from_db()
    assert (comment.text, comment.state) == ("I was on that ferry.", "held")
    assert [version.text for version in comment.versions.all()] == ["I was on that fery."]
    assert posting.edit_own(comment, text="I was on that ferry.", by=None) is False
    assert comment.versions.count() == 1


def test_a_comment_cannot_be_edited_after_five_minutes(
    client: Client, article: Article, write: Write
) -> None:
    comment = write("As it was")
    Comment.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert "change/" not in client.get(status_url(comment)).content.decode()
    response = client.post(status_url(comment, "change/"), {"text": "Too late"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="comment-text-error"' in page
    assert "Too late</textarea>" in page
    comment.refresh_from_db()
    assert (comment.text, comment.edited_at) == ("As it was", None)


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "w" * 5001, "a\x00b"])
def test_an_invalid_text_is_not_saved(
    client: Client, write: Write, article: Article, text: str
) -> None:
    comment = write("As it was")
    response = client.post(status_url(comment, "change/"), {"text": text})
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()
    comment.refresh_from_db()
    assert (comment.text, comment.versions.count()) == ("As it was", 0)


def test_an_edited_comment_is_in_the_queue_of_new_comments_again(
    article: Article, write: Write, mina: User
) -> None:
    ScreeningRule.objects.update(active=False)
    comment = write("A quiet evening", pending=True)
    moderation.approve(comment, by=mina, seen="approved")
    assert queues.counts()["new"] == 0
    posting.edit_own(comment, text="Come to my casino", by=None)
    assert comment.state == "approved"
    assert queues.counts()["new"] == 1
    assert moderation.approve(comment, by=mina)
    assert queues.counts()["new"] == 0


def test_an_approved_comment_is_pending_if_a_rule_matches_the_edit(
    article: Article, write: Write, mina: User
) -> None:
    ScreeningRule.objects.filter(phase=Check.SUSPECT_WORDS).update(active=True, action="hold")
    ScreenedWord.objects.create(word="casino", folded="casino", list="suspect")
    comment = write("A quiet evening")
    decisions.feature(comment, by=mina, on=True)
    posting.edit_own(comment, text="Come to my casino", by=None)
    assert comment.state == Comment.State.PENDING
    latest = comment.moderations.first()
    assert latest
    assert (latest.decision, latest.created_by) == ("held", None)
    assert "casino" in latest.reason
    assert thread_of(article).count == 0


def test_a_pending_comment_stays_pending_after_an_edit(article: Article, write: Write) -> None:
    comment = write("Waits", pending=True)
    ScreeningRule.objects.update(active=False)
    posting.edit_own(comment, text="No rule objects now", by=None)
    assert comment.state == Comment.State.PENDING


@pytest.mark.parametrize("state", ["held", "approved", "rejected"])
def test_deleting_asks_and_can_be_undone_for_ten_minutes(
    client: Client, write: Write, state: str
) -> None:
    comment = write()
    flagging.save_report(comment, reason="insult", ip_address="203.0.113.9")
    Comment.objects.update(state=state)
    url = status_url(comment)
    assert f'action="{url}"' not in client.get(url).content.decode()
    assert f'action="{url}"' in client.get(f"{url}?delete").content.decode()
    client.post(url)
    assert 'name="undo"' in client.get(url).content.decode()
    for _ in range(2):
        client.post(url, {"undo": "1"})
    comment.refresh_from_db()
    assert comment.state == state
    assert Flag.objects.pending().count() == 1
    client.post(url)
    ModerationDecision.objects.update(created_at=timezone.now() - posting.RESTORABLE_FOR)
    assert 'name="undo"' not in client.get(url).content.decode()
    client.post(url, {"undo": "1"})
    comment.refresh_from_db()
    assert comment.state == "deleted"


def test_a_deletion_that_was_imported_cannot_be_undone(client: Client, write: Write) -> None:
    comment = write()
    ModerationDecision.objects.all().delete()
    Comment.objects.update(state="deleted")
    assert 'name="undo"' not in client.get(status_url(comment)).content.decode()


@pytest.mark.parametrize("action", ["reject", "delete"])
def test_rejected_and_deleted_comments_cannot_be_edited(
    article: Article, write: Write, mina: User, action: str
) -> None:
    comment = write("As it was", pending=True)
    if action == "reject":
        moderation.reject(comment, by=mina)
    else:
        posting.delete_own(comment, by=None)
    with pytest.raises(ValidationError, match="cannot be edited"):
        posting.edit_own(comment, text="Otherwise", by=None)


def test_a_comment_can_be_edited_ten_times(article: Article, write: Write) -> None:
    comment = write("Version 0")
    for number in range(1, posting.MAX_EDITS + 1):
        posting.edit_own(comment, text=f"Version {number}", by=None)
    with pytest.raises(ValidationError, match="ten times"):
        posting.edit_own(comment, text="Once more", by=None)


def test_the_page_marks_an_edited_comment_without_its_old_text(
    client: Client, article: Article, write: Write
) -> None:
    comment = write("Unkind words", by=None)
    posting.edit_own(comment, text="Kind words", by=None)
    moderation.approve(comment, by=User.objects.get(email__startswith="mina"))
    page = client.get(article.get_absolute_url()).content.decode()
    assert "edited" in page
    assert "Unkind words" not in page


def test_an_account_can_open_only_its_own_comment(
    client: Client, write: Write, ola: User, edna: User
) -> None:
    comment = write("Mine", by=ola)
    assert client.get(f"/comments/{comment.pk}/yours/").status_code == 404
    client.force_login(edna)
    assert client.get(f"/comments/{comment.pk}/yours/").status_code == 404
    client.force_login(ola)
    response = client.get(f"/comments/{comment.pk}/yours/")
    client.post(f"{response['Location']}change/", {"text": "Mine, changed"})
    version = comment.versions.get()
    assert (version.text, version.replaced_by) == ("Mine", ola)


@pytest.mark.parametrize("path", ["", "change/", "again/"])
def test_the_status_link_of_an_account_needs_its_session(
    client: Client, write: Write, ola: User, edna: User, path: str
) -> None:
    comment = write("Mine", by=ola)
    link = status_url(comment, path)
    answers = (client.get(link), client.post(link, {"text": "Not mine"}))
    targets = [each["Location"] for each in answers if each.status_code != 405]
    assert targets
    client.force_login(edna)
    assert client.post(link, {"text": "Not mine"}).status_code == 404
    comment.refresh_from_db()
    assert (comment.text, comment.state) == ("Mine", "approved")
    client.force_login(ola)
    for target in targets:
        sign_in, _, query = target.partition("?next=")
        assert sign_in == "/accounts/login/"
        # The links are signed at different moments.
        assert client.get(unquote(query)).context["comment"] == comment


def test_an_account_has_a_private_list_of_its_comments(
    client: Client, article: Article, write: Write, ola: User, mina: User
) -> None:
    published, pending = (
        write("Of mine, published", by=ola),
        write("Of mine, held", by=ola, pending=True),
    )
    moderation.reject(write("Of mine, rejected", by=ola, pending=True), by=mina)
    write("By somebody else")
    assert client.get("/comments/mine/").status_code == 302
    client.force_login(ola)
    with CaptureQueriesContext(connection) as few_queries:
        page = client.get("/comments/mine/").content.decode()
    for text in ("published", "pending approval", "not published", "Only you see this list."):
        assert text in page
    assert "By somebody else" not in page
    assert page.count("/comments/yours/") == 3
    for number in range(5):
        write(f"More {number}", by=ola)
    with CaptureQueriesContext(connection) as many_queries:
        client.get("/comments/mine/")
    assert len(few_queries) == len(many_queries)
    assert "My comments" in client.get("/accounts/profile/").content.decode()
    assert {published.user, pending.user} == {ola}
