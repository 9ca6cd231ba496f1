"""The worker checks comments with Akismet; the result is one finding among others."""

import html
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from articles.comments.admin.screening_rules import ASKS_AKISMET, NO_KEY
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import decisions
from articles.comments.screening import akismet as akismet_client
from articles.comments.screening import pipeline
from articles.comments.screening.checks import AKISMET_SPAM, Finding
from articles.comments.screening.engine import NO_OBJECTION, dry_run
from articles.comments.screening.models import Action, AkismetResult, Check, ScreeningRule
from articles.comments.submission import posting
from iria.core.http.safe_client import RequestFailed
from iria.publication.models import current_publication
from tests import moderation
from tests.articles.comments.screening.conftest import KEY, Akismet
from tests.queued_jobs import Queued

pytestmark = pytest.mark.django_db

Send = Callable[..., Comment]


def checked(comment: Comment) -> Comment:
    """Returns the comment after its check by the worker."""
    pipeline.ask_about(comment.pk)
    comment.refresh_from_db()
    return comment


def findings(comment: Comment) -> list[str]:
    return [each["says"] for each in comment.screening_results]


def set_rule(**values: object) -> None:
    ScreeningRule.objects.filter(phase=Check.AKISMET).update(**values)


def test_a_comment_is_pending_until_akismet_considers_it_no_spam(
    akismet: Akismet, send: Send
) -> None:
    comment = send()
    assert (comment.state, akismet.sent) == (Comment.State.PENDING, []), (
        "not checked during the request"
    )
    assert findings(comment) == [akismet_client.PENDING_MESSAGE]
    assert checked(comment).state == Comment.State.APPROVED
    assert findings(comment) == [akismet_client.NO_SPAM]
    row = comment.moderations.get(decision=Comment.State.APPROVED)
    assert row.created_by is None
    assert row.reason == f"{akismet_client.NO_SPAM} {NO_OBJECTION}"


def test_akismet_receives_text_name_and_ip_address_but_no_email_address(
    akismet: Akismet, send: Send, settings: Any
) -> None:
    comment = checked(send("I was on that ferry, é & ü."))
    ((method, fields),) = akismet.sent
    assert method == "comment-check"
    assert fields["api_key"] == KEY
    assert fields["user_ip"] == "203.0.113.9"
    assert fields["comment_author"] == "Teo Brandt"
    assert fields["comment_content"] == "I was on that ferry, é & ü."
    assert fields["permalink"] == settings.SITE_URL + comment.article.get_absolute_url()
    assert "teo@readers.example" not in str(fields)


@pytest.mark.parametrize(
    ("action", "state"),
    [
        (Action.HOLD, Comment.State.PENDING),
        (Action.SPAM, Comment.State.SPAM),
        (Action.ALLOW, Comment.State.APPROVED),
    ],
)
def test_the_action_of_the_rule_decides_about_spam(
    action: Action, state: Comment.State, akismet: Akismet, send: Send
) -> None:
    set_rule(action=action)
    akismet.answer = "true"
    comment = checked(send())
    assert comment.state == state
    assert findings(comment) == [AKISMET_SPAM]
    assert comment.moderations.first().decision == state  # type: ignore[union-attr]


def test_a_comment_held_by_another_rule_stays_pending(akismet: Akismet, send: Send) -> None:
    comment = checked(send("See https://a.example.org and https://b.example.org"))
    assert comment.state == Comment.State.PENDING
    assert findings(comment) == ["It has 2 links.", akismet_client.NO_SPAM]


@pytest.mark.parametrize(
    ("answer", "status", "hint", "error"),
    [
        ("invalid", 200, 'Empty "api_key" value', 'It answers “Empty "api_key" value”'),
        (f"no such key {KEY}", 200, "", "It answers “no such key …”"),
        ("", 503, "", "Status 503 Service Unavailable"),
    ],
)
def test_a_comment_stays_pending_with_a_note_when_akismet_fails(
    answer: str, status: int, hint: str, error: str, akismet: Akismet, send: Send
) -> None:
    akismet.answer, akismet.status, akismet.hint = answer, status, hint
    comment = send()
    with pytest.raises(RequestFailed):
        pipeline.ask_about(comment.pk)
    comment.refresh_from_db()
    assert comment.state == Comment.State.PENDING
    assert findings(comment)[0].startswith(f"Akismet could not be asked: {error}")
    assert KEY not in str(comment.screening_results)
    akismet.answer, akismet.status = "false", 200
    assert checked(comment).state == Comment.State.APPROVED, "it succeeded the second time"


def test_a_comment_stays_pending_without_network_or_ip_address(
    akismet: Akismet, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_ip_address = checked(send("From nowhere.", ip_address=None))
    assert findings(without_ip_address) == [
        "Akismet could not be asked: the IP address of the comment is not known."
    ]
    comment = send()

    def no_network(*args: Any, **options: Any) -> Any:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    with pytest.raises(RequestFailed):
        pipeline.ask_about(comment.pk)
    comment.refresh_from_db()
    assert findings(comment) == ["Akismet could not be asked: The server was not found."]
    assert {comment.state, without_ip_address.state} == {Comment.State.PENDING}


def test_nothing_is_sent_without_key_or_rule_or_about_the_newsroom(
    akismet: Akismet, send: Send, mina: User, settings: Any
) -> None:
    mine = send("From the desk.", by=mina)
    set_rule(active=False)
    ruled_out = send("The rule is off.")
    set_rule(active=True)
    settings.AKISMET_KEY = ""
    keyless = send("No key.")
    settings.AKISMET_KEY = KEY
    assert {each.state for each in (mine, ruled_out, keyless)} == {Comment.State.APPROVED}
    assert not AkismetResult.objects.exists()


def test_comments_stay_pending_when_the_rule_is_turned_off_meanwhile(
    akismet: Akismet, send: Send
) -> None:
    comment = send()
    set_rule(active=False)
    assert checked(comment).state == Comment.State.PENDING
    assert findings(comment) == ["Akismet could not be asked: the rule was turned off."]
    assert akismet.sent == []


def test_akismet_does_not_override_a_moderator(akismet: Akismet, send: Send, mina: User) -> None:
    akismet.answer = "true"
    comment = send()
    moderation.approve(comment, by=mina)
    assert checked(comment).state == Comment.State.APPROVED
    assert findings(comment) == [AKISMET_SPAM]


def test_an_edited_comment_is_checked_again_and_the_old_result_ignored(
    akismet: Akismet, send: Send
) -> None:
    comment = send()
    before = Comment.objects.get(pk=comment.pk)
    posting.edit_own(comment, text="I was on that ship.", by=None)
    pipeline._record(before, Finding(Check.AKISMET, Action.ALLOW, akismet_client.NO_SPAM), False)
    assert Comment.objects.get(pk=comment.pk).state == Comment.State.PENDING
    assert checked(comment).state == Comment.State.APPROVED
    assert akismet.sent[-1][1]["comment_content"] == "I was on that ship."
    assert akismet.sent[-1][1]["recheck_reason"] == "edit"


def test_an_edit_does_not_release_a_comment_held_by_a_rule(akismet: Akismet, send: Send) -> None:
    comment = send("See https://a.example.org and https://b.example.org")
    posting.edit_own(comment, text="No links any more.", by=None)
    assert checked(comment).state == Comment.State.PENDING


def test_a_guests_comment_is_checked_only_after_the_confirmation(
    akismet: Akismet, send: Send
) -> None:
    publication = current_publication()
    publication.guests_confirm_email = True
    publication.save()
    comment = send()
    assert not AkismetResult.objects.exists()
    posting.confirm_email(comment)
    assert comment.state == Comment.State.PENDING
    assert checked(comment).state == Comment.State.APPROVED


def test_contrary_decisions_are_reported_once_if_the_setting_is_on(
    akismet: Akismet, send: Send, mina: User
) -> None:
    missed, good = checked(send("Buy now.")), checked(send("Good."))
    akismet.answer = "true"
    wronged = checked(send("I was on it."))
    akismet.sent.clear()
    akismet.answer = "Thanks for making the web a better place."
    moderation.spam(missed, by=mina)
    moderation.approve(wronged, by=mina)
    moderation.approve(good, by=mina)
    rows = list(ModerationDecision.objects.by_people().order_by("pk").values_list("pk", flat=True))
    for row in rows:
        pipeline.report_decision(row)
    assert akismet.sent == []
    set_rule(reports_corrections=True)
    for row in rows * 2:
        pipeline.report_decision(row)
    reported = [(method, fields["comment_content"]) for method, fields in akismet.sent]
    assert reported == [("submit-spam", "Buy now."), ("submit-ham", "I was on it.")]


def test_an_undone_decision_is_not_reported(akismet: Akismet, send: Send, mina: User) -> None:
    set_rule(reports_corrections=True)
    comment = checked(send())
    moderation.spam(comment, by=mina)
    row = comment.moderations.first()
    assert row is not None
    decisions.undo([row], by=mina)
    akismet.sent.clear()
    pipeline.report_decision(row.pk)
    assert akismet.sent == []


def test_a_dry_run_uses_stored_results_without_new_requests(akismet: Akismet, send: Send) -> None:
    akismet.answer = "true"
    checked(send())
    akismet.sent.clear()
    rule = ScreeningRule.objects.get(phase=Check.AKISMET)
    rule.action = Action.SPAM
    result = dry_run([rule], days=7)
    assert (result.before["held"], result.after["spam"]) == (1, 1)
    assert akismet.sent == []


def test_the_commenter_is_notified_only_if_the_comment_stays_pending(
    akismet: Akismet, send: Send, queued: Queued
) -> None:
    checked(send())
    assert queued("comments.received") == []
    akismet.answer = "true"
    left = checked(send("Held for it."))
    assert queued("comments.received") == [left.pk]


def test_the_rule_needs_a_key_and_cannot_reject(client: Client, mina: User, settings: Any) -> None:
    rule = ScreeningRule.objects.get(phase=Check.AKISMET)
    client.force_login(mina)
    url = f"/admin/articles/screeningrule/{rule.pk}/change/"
    page = client.get(url).content.decode()
    assert ASKS_AKISMET in html.unescape(page)
    assert 'value="reject"' not in page
    values = {
        "active": "on",
        "threshold": "0",
        "action": "spam",
        "reports_corrections": "on",
        "days": "7",
    }
    page = client.post(url, {**values, "_save": "1"}).content.decode()
    assert NO_KEY in html.unescape(page)
    settings.AKISMET_KEY = KEY
    assert "not saved yet" in client.post(url, {**values, "_try": "1"}).content.decode()
    assert client.post(url, {**values, "_save": "1"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.active, rule.action, rule.reports_corrections) == (True, "spam", True)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_worker_checks_submitted_comments(
    akismet: Akismet, send: Send, jobs: Callable[[], None]
) -> None:
    comment = send()
    jobs()
    comment.refresh_from_db()
    assert comment.state == Comment.State.APPROVED
    assert comment.created_at - timedelta(minutes=1) < comment.akismet.asked_at
