"""After any sequence of actions, counts are right, hidden comments are not shown, and rows explain all states."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run
from procrastinate.contrib.django import app

from accounts.models import User
from articles.comments.models import Comment, CommentRevision, ModerationDecision, ThreadCount
from articles.comments.moderation import bans, decisions, flagging
from articles.comments.moderation.models import Appeal, Ban
from articles.comments.notifications import follows, sending
from articles.comments.notifications.models import Follow
from articles.comments.screening.models import ScreeningRule
from articles.comments.submission import posting
from articles.editorial.models import Article
from tests import commenting, moderation, newsroom
from tests.conftest import MailFolder
from tests.proofs.size import FULL

pytestmark = [pytest.mark.proof, pytest.mark.django_db]

EXAMPLES, STEPS = (60, 50) if FULL else (4, 25)
WHICH = st.integers(min_value=0, max_value=40)
COMMENT_JOBS = re.compile(r"comments\.(received|decided|flag_decided|spread|follow)")
DECISIONS: dict[str, Any] = {
    "approve": moderation.approve,
    "reject": moderation.reject,
    "spam": moderation.spam,
}
EXPECTED_ERRORS = (
    ValidationError,
    flagging.FlagError,
    decisions.AppealError,
    bans.BanError,
    decisions.DecidedMeanwhile,
    decisions.UndoExpired,
)
"""Expected errors, after which nothing may have changed."""


def replayed(rows: Iterable[ModerationDecision]) -> tuple[str, bool]:
    """The state and the featured flag computed from the rows, in order."""
    states: dict[int, str] = {}
    state, featured = "", False
    for row in rows:
        if row.undoes_id is not None:
            # An undo restores the state before the undone decision.
            assert row.decision == states[row.undoes_id]
        states[row.pk] = state
        state = row.decision
        featured = featured if row.featured is None else row.featured
    return state, featured


class Conversation(RuleBasedStateMachine):
    """Commenters, readers and two moderators at one article; each step is an action."""

    mail: MailFolder
    """Set by the test: the folder of sent e-mails."""

    def __init__(self) -> None:
        super().__init__()
        self.whole: AbstractContextManager[Any] = transaction.atomic()
        self.whole.__enter__()
        self.read = 0

    def teardown(self) -> None:
        try:
            self.nothing_hidden_is_on_any_page()
        finally:
            transaction.set_rollback(True)
            self.whole.__exit__(None, None, None)

    @initialize(open_to_all=st.booleans())
    def a_newsroom(self, open_to_all: bool) -> None:
        self.mina = User.objects.create_user("m@desk.example", display_name="Mina", is_staff=True)
        self.edna = User.objects.create_user("e@desk.example", display_name="Edna", is_staff=True)
        self.article: Article = newsroom.published("Ferries at the strait")
        if open_to_all:
            ScreeningRule.objects.filter(phase__in=["everyone", "newcomer"]).update(active=False)
        follow = follows.follow(
            Follow.Kind.THREAD,
            Follow.Frequency.IMMEDIATELY,
            email="follower@readers.example",
            article=self.article,
        )
        follows.confirm(follow)
        for writer in range(4):
            self.somebody_comments(which=0, writer=writer, answers=writer > 1)
            self.a_moderator_decides(which=writer, verb="approve", by_mina=True)

    # Actions

    def chosen(self, which: int) -> Comment | None:
        comments = Comment.objects.order_by("pk").select_related("user")
        number = comments.count()
        return comments[which % number] if number else None

    def attempt(self, action: Any, *args: Any, **kwargs: Any) -> None:
        before = Counter(Comment.objects.values_list("pk", "state"))
        try:
            with transaction.atomic():
                action(*args, **kwargs)
        except EXPECTED_ERRORS:
            assert Counter(Comment.objects.values_list("pk", "state")) == before

    @rule(which=WHICH, writer=st.integers(0, 3), answers=st.booleans())
    def somebody_comments(self, which: int, writer: int, answers: bool) -> None:
        number = Comment.objects.count()
        self.attempt(
            commenting.post,
            self.article,
            name=f"Name{writer}q",
            email=f"writer{writer}@readers.example",
            text=f"Word{number}q",
            parent=self.chosen(which) if answers else None,
            ip_address=f"203.0.113.{writer}",
        )

    @rule(which=WHICH)
    def a_commenter_edits(self, which: int) -> None:
        if comment := self.chosen(which):
            text = f"Word{1000 + CommentRevision.objects.count()}q"
            self.attempt(posting.edit_own, comment, text=text, by=None)

    @rule(which=WHICH)
    def a_commenter_deletes(self, which: int) -> None:
        if comment := self.chosen(which):
            posting.delete_own(comment, by=None)

    @rule(which=WHICH, verb=st.sampled_from(sorted(DECISIONS)), by_mina=st.booleans())
    def a_moderator_decides(self, which: int, verb: str, by_mina: bool) -> None:
        if comment := self.chosen(which):
            self.attempt(DECISIONS[verb], comment, by=self.mina if by_mina else self.edna)

    @rule()
    def the_last_decision_is_undone(self) -> None:
        row = ModerationDecision.objects.filter(created_by__isnull=False).first()
        if row and row.created_by:
            self.attempt(decisions.undo, [row], by=row.created_by)

    @rule(which=WHICH, on=st.booleans())
    def an_editor_features(self, which: int, on: bool) -> None:
        if comment := self.chosen(which):
            self.attempt(decisions.feature, comment, by=self.edna, on=on)

    @rule(which=WHICH, sender=st.integers(0, 9))
    def a_reader_reports(self, which: int, sender: int) -> None:
        if comment := self.chosen(which):
            self.attempt(
                flagging.save_report,
                comment,
                reason="insult",
                email="reporter@readers.example",
                ip_address=f"198.51.100.{sender}",
            )

    @rule(which=WHICH)
    def a_commenter_appeals(self, which: int) -> None:
        if comment := self.chosen(which):
            self.attempt(decisions.appeal, comment)

    @rule(
        which=WHICH,
        kind=st.sampled_from(["email", "name", "address", "network"]),
        existing_comments=st.sampled_from(Ban.ExistingComments.values),
    )
    def a_commenter_is_banned(self, which: int, kind: str, existing_comments: str) -> None:
        if comment := self.chosen(which):
            self.attempt(
                bans.ban,
                comment,
                kinds=[kind],
                by=self.mina,
                reason="Heat",
                existing_comments=existing_comments,
            )

    @rule()
    def a_ban_is_removed(self) -> None:
        if ban := Ban.objects.active().first():
            bans.remove_ban(ban, by=self.edna)

    @rule()
    def the_worker_runs(self) -> None:
        """Runs all jobs of comments; their e-mails contain no hidden comment."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs RETURNING task_name, args")
            jobs = cursor.fetchall()
        for name, args in jobs:
            if COMMENT_JOBS.match(name):
                app.tasks[name].func(**json.loads(args))
        sending.send_due()
        mails = self.mail.all()
        sent_text = "".join(str(mail) for mail in mails[self.read :])
        self.read = len(mails)
        for comment in Comment.objects.exclude(state="approved"):
            assert comment.text not in sent_text

    # Invariants

    @invariant()
    def rows_explain_every_state(self) -> None:
        rows: dict[int, list[ModerationDecision]] = {}
        for row in ModerationDecision.objects.order_by("pk"):
            rows.setdefault(row.comment_id, []).append(row)
        for comment in Comment.objects.all():
            assert replayed(rows[comment.pk]) == (comment.state, comment.featured)

    @invariant()
    def counts_are_what_can_be_read(self) -> None:
        visible = Comment.objects.filter(state="approved").count()
        counted = ThreadCount.objects.values_list("readable", flat=True).first() or 0
        assert counted == visible

    @invariant()
    def only_rejected_comments_have_pending_appeals(self) -> None:
        assert not Appeal.objects.pending().exclude(comment__state="rejected").exists()

    def nothing_hidden_is_on_any_page(self) -> None:
        base = self.article.get_absolute_url()
        shown = {path: _page(path) for path in _urls(base)}
        comments = list(Comment.objects.select_related("article"))
        for comment in comments:
            for path in (f"{base}comments/{comment.pk}/", f"/comments/{comment.pk}/"):
                shown[path] = _page(path)
        everything = set(re.findall(r"Word\d+q", " ".join(shown.values())))
        assert not everything & set(CommentRevision.objects.values_list("text", flat=True))
        for comment in comments:
            seen = [path for path, page in shown.items() if f"{comment.text}<" in page]
            if comment.is_visible:
                assert seen
            else:
                assert comment.text not in everything


def _urls(base: str) -> list[str]:
    orders = ["newest", "discussed"]
    return [
        base,
        f"{base}comments/",
        *(f"{base}comments/{order}/" for order in orders),
        *(f"{base}feed/{kind}" for kind in ("", "atom/", "json/")),
        "/",
        "/feed/",
        "/feed/json/",
        "/api/v1/articles",
        "/api/v1/comments/",
        "/sitemap.xml",
        "/search/?q=ferries",
    ]


def _page(path: str) -> str:
    response = Client().get(path, follow=True)
    assert response.status_code in {200, 404}, path
    return b"".join(response).decode()


def test_no_sequence_of_actions_breaks_the_conversation(mail_folder: MailFolder, db: None) -> None:
    machine = type("OneConversation", (Conversation,), {"mail": mail_folder})
    run(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            # Shrinking takes minutes; `make prove` prints the whole sequence.
            phases=[Phase.explicit, Phase.generate],
        ),
    )
