"""Akismet is asked by the worker; its answer is one word among those of the other rules."""

import html
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from articles.comments.admin.screening_rules import ASKS_AKISMET, NO_KEY
from articles.comments.akismet import checks, pending
from articles.comments.akismet.models import AkismetResult
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import decisions, undo
from articles.comments.screening.checks import TAKEN_FOR_SPAM
from articles.comments.screening.dry_run import dry_run
from articles.comments.screening.engine import NO_OBJECTION
from articles.comments.screening.models import Action, Check, ScreeningRule
from articles.comments.screening.submission import Finding
from articles.comments.submission import editing, email_confirmation
from iria.core.http.safe_client import RequestFailed
from iria.publication.models import current_publication
from tests.articles.comments.akismet.conftest import KEY, Akismet

pytestmark = pytest.mark.django_db

Send = Callable[..., Comment]


def answered(comment: Comment) -> Comment:
    """The comment after the worker has asked."""
    checks.ask_about(comment.pk)
    comment.refresh_from_db()
    return comment


def said(comment: Comment) -> list[str]:
    return [each["says"] for each in comment.screening_results]


def set_rule(**values: object) -> None:
    ScreeningRule.objects.filter(phase=Check.AKISMET).update(**values)


def test_a_comment_waits_for_the_answer_and_stands_once_akismet_takes_it_for_no_spam(
    akismet: Akismet, send: Send
) -> None:
    comment = send()
    assert (comment.state, akismet.sent) == (Comment.State.PENDING, []), (
        "asked while a reader waits"
    )
    assert said(comment) == [pending.AWAITED]
    assert answered(comment).state == Comment.State.APPROVED
    assert said(comment) == [pending.NO_SPAM]
    row = comment.moderations.get(decision=Comment.State.APPROVED)
    assert row.created_by is None
    assert row.reason == f"{pending.NO_SPAM} {NO_OBJECTION}"


def test_it_is_sent_words_name_and_network_address_and_not_the_writers_mail_address(
    akismet: Akismet, send: Send, settings: Any
) -> None:
    comment = answered(send("I was on that ferry, é & ü."))
    ((deed, fields),) = akismet.sent
    assert deed == "comment-check"
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
def test_what_it_takes_for_spam_is_decided_by_the_action_of_its_rule(
    action: Action, state: Comment.State, akismet: Akismet, send: Send
) -> None:
    set_rule(action=action)
    akismet.answer = "true"
    comment = answered(send())
    assert comment.state == state
    assert said(comment) == [TAKEN_FOR_SPAM]
    assert comment.moderations.first().decision == state  # type: ignore[union-attr]


def test_what_another_rule_holds_stays_held_whatever_akismet_says(
    akismet: Akismet, send: Send
) -> None:
    comment = answered(send("See https://a.example.org and https://b.example.org"))
    assert comment.state == Comment.State.PENDING
    assert said(comment) == ["It has 2 links.", pending.NO_SPAM]


@pytest.mark.parametrize(
    ("answer", "status", "hint", "words"),
    [
        ("invalid", 200, 'Empty "api_key" value', 'It answers “Empty "api_key" value”'),
        (f"no such key {KEY}", 200, "", "It answers “no such key …”"),
        ("", 503, "", "Status 503 Service Unavailable"),
    ],
)
def test_where_it_cannot_be_asked_the_comment_is_left_to_the_moderators_and_says_so(
    answer: str, status: int, hint: str, words: str, akismet: Akismet, send: Send
) -> None:
    akismet.answer, akismet.status, akismet.hint = answer, status, hint
    comment = send()
    with pytest.raises(RequestFailed):
        checks.ask_about(comment.pk)
    comment.refresh_from_db()
    assert comment.state == Comment.State.PENDING
    assert said(comment)[0].startswith(f"Akismet could not be asked: {words}")
    assert KEY not in str(comment.screening_results)
    akismet.answer, akismet.status = "false", 200
    assert answered(comment).state == Comment.State.APPROVED, "asked again, it answered"


def test_a_dead_network_and_a_comment_from_nowhere_are_left_to_the_moderators_too(
    akismet: Akismet, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = answered(send("From nowhere.", ip_address=None))
    assert said(nowhere) == [
        "Akismet could not be asked: the IP address of the comment is not known."
    ]
    comment = send()

    def no_network(*args: Any, **options: Any) -> Any:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    with pytest.raises(RequestFailed):
        checks.ask_about(comment.pk)
    comment.refresh_from_db()
    assert said(comment) == ["Akismet could not be asked: The server was not found."]
    assert {comment.state, nowhere.state} == {Comment.State.PENDING}


def test_nothing_is_sent_without_the_key_without_the_rule_or_of_the_newsroom(
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


def test_a_rule_switched_off_meanwhile_leaves_what_waits_to_the_moderators(
    akismet: Akismet, send: Send
) -> None:
    comment = send()
    set_rule(active=False)
    assert answered(comment).state == Comment.State.PENDING
    assert said(comment) == ["Akismet could not be asked: the rule was turned off."]
    assert akismet.sent == []


def test_a_machine_takes_nothing_back_from_a_moderator(
    akismet: Akismet, send: Send, mina: User
) -> None:
    akismet.answer = "true"
    comment = send()
    decisions.approve(comment, by=mina)
    assert answered(comment).state == Comment.State.APPROVED
    assert said(comment) == [TAKEN_FOR_SPAM]


def test_words_that_are_changed_are_asked_about_anew_and_an_old_answer_does_not_count(
    akismet: Akismet, send: Send
) -> None:
    comment = send()
    before = Comment.objects.get(pk=comment.pk)
    editing.change(comment, text="I was on that ship.", by=None)
    checks._record(before, Finding(Check.AKISMET, Action.ALLOW, pending.NO_SPAM), False)
    assert Comment.objects.get(pk=comment.pk).state == Comment.State.PENDING
    assert answered(comment).state == Comment.State.APPROVED
    assert akismet.sent[-1][1]["comment_content"] == "I was on that ship."
    assert akismet.sent[-1][1]["recheck_reason"] == "edit"


def test_what_a_rule_held_is_not_let_go_when_words_are_changed_and_akismet_likes_them(
    akismet: Akismet, send: Send
) -> None:
    comment = send("See https://a.example.org and https://b.example.org")
    editing.change(comment, text="No links any more.", by=None)
    assert answered(comment).state == Comment.State.PENDING


def test_a_guest_who_has_to_confirm_is_asked_about_only_then(akismet: Akismet, send: Send) -> None:
    publication = current_publication()
    publication.guests_confirm_email = True
    publication.save()
    comment = send()
    assert not AkismetResult.objects.exists()
    email_confirmation.confirm(comment)
    assert comment.state == Comment.State.PENDING
    assert answered(comment).state == Comment.State.APPROVED


def test_it_hears_of_decisions_that_say_the_contrary_once_and_only_if_that_is_ticked(
    akismet: Akismet, send: Send, mina: User
) -> None:
    missed, good = answered(send("Buy now.")), answered(send("Good."))
    akismet.answer = "true"
    wronged = answered(send("I was on it."))
    akismet.sent.clear()
    akismet.answer = "Thanks for making the web a better place."
    decisions.spam(missed, by=mina)
    decisions.approve(wronged, by=mina)
    decisions.approve(good, by=mina)
    rows = list(ModerationDecision.objects.by_people().order_by("pk").values_list("pk", flat=True))
    for row in rows:
        checks.report_decision(row)
    assert akismet.sent == []
    set_rule(reports_corrections=True)
    for row in rows * 2:
        checks.report_decision(row)
    told = [(deed, fields["comment_content"]) for deed, fields in akismet.sent]
    assert told == [("submit-spam", "Buy now."), ("submit-ham", "I was on it.")]


def test_it_hears_nothing_of_a_decision_that_was_taken_back(
    akismet: Akismet, send: Send, mina: User
) -> None:
    set_rule(reports_corrections=True)
    comment = answered(send())
    decisions.spam(comment, by=mina)
    row = comment.moderations.first()
    assert row is not None
    undo.undo([row], by=mina)
    akismet.sent.clear()
    checks.report_decision(row.pk)
    assert akismet.sent == []


def test_a_change_of_its_rule_is_tried_on_what_it_said_without_asking_it_again(
    akismet: Akismet, send: Send
) -> None:
    akismet.answer = "true"
    answered(send())
    akismet.sent.clear()
    rule = ScreeningRule.objects.get(phase=Check.AKISMET)
    rule.action = Action.SPAM
    tried = dry_run([rule], days=7)
    assert (tried.before["held"], tried.after["spam"]) == (1, 1)
    assert akismet.sent == []


def test_a_reader_is_told_that_a_comment_waits_only_where_it_is_left_waiting(
    akismet: Akismet, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(
        "articles.comments.job_queue.enqueue_received", lambda comment: told.append(comment.pk)
    )
    answered(send())
    assert told == []
    akismet.answer = "true"
    left = answered(send("Held for it."))
    assert told == [left.pk]


def test_the_desk_refuses_the_rule_without_a_key_and_offers_no_rejection(
    client: Client, mina: User, settings: Any
) -> None:
    rule = ScreeningRule.objects.get(phase=Check.AKISMET)
    client.force_login(mina)
    address = f"/admin/articles/screeningrule/{rule.pk}/change/"
    page = client.get(address).content.decode()
    assert ASKS_AKISMET in html.unescape(page)
    assert 'value="reject"' not in page
    values = {
        "active": "on",
        "threshold": "0",
        "action": "spam",
        "reports_corrections": "on",
        "days": "7",
    }
    refused = client.post(address, {**values, "_save": "1"}).content.decode()
    assert NO_KEY in html.unescape(refused)
    settings.AKISMET_KEY = KEY
    assert "not saved yet" in client.post(address, {**values, "_try": "1"}).content.decode()
    assert client.post(address, {**values, "_save": "1"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.active, rule.action, rule.reports_corrections) == (True, "spam", True)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_worker_asks_what_readers_send(
    akismet: Akismet, send: Send, jobs: Callable[[], None]
) -> None:
    comment = send()
    jobs()
    comment.refresh_from_db()
    assert comment.state == Comment.State.APPROVED
    assert comment.created_at - timedelta(minutes=1) < comment.akismet.asked_at
