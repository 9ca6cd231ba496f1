"""The count and the page are correct after any sequence of actions."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.submission import posting
from articles.comments.threads import ThreadComment, thread_of
from articles.editorial.models import Article
from iria.publication.models import current_publication
from tests import commenting, moderation
from tests.proofs.size import sized

ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["post", "approve", "reject", "spam", "delete"]),
        st.integers(min_value=0, max_value=30),
    ),
    max_size=25,
)
DECISIONS: dict[str, Any] = {
    "approve": moderation.approve,
    "reject": moderation.reject,
    "spam": moderation.spam,
}


def flatten(comments: list[ThreadComment]) -> list[ThreadComment]:
    return [each for comment in comments for each in (comment, *flatten(comment.replies))]


def run(action: str, number: int, article: Article, by: User) -> None:
    comments = list(Comment.objects.order_by("pk"))
    chosen = comments[number % len(comments)] if comments else None
    if action == "post":
        parent = chosen if number % 3 else None
        count = len(comments)
        commenting.post(
            article,
            name=f"Writer-{count}-x",
            email="teo@readers.example",
            text=f"Text-{count}-x",
            parent=parent,
        )
    elif chosen and action == "delete":
        posting.delete_own(chosen, by=None)
    elif chosen:
        DECISIONS[action](chosen, by=by)


@pytest.mark.django_db
@given(actions=ACTIONS)
@settings(
    max_examples=sized(13, 40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_count_matches_the_page_and_no_hidden_text_is_shown(
    actions: list[tuple[str, int]], article: Article, mina: User
) -> None:
    with transaction.atomic():
        for action, number in [("post", 0), *actions]:
            try:
                run(action, number, article, mina)
            except (ValidationError, decisions.DecidedMeanwhile):
                continue
        check(article)
        transaction.set_rollback(True)


def check(article: Article) -> None:
    thread = thread_of(article)
    page = render_to_string(
        "articles/comments/_thread.html",
        {"article": article, "thread": thread, "publication": current_publication()},
    )
    comments = list(Comment.objects.all())
    visible = [comment for comment in comments if comment.state == Comment.State.APPROVED]
    assert thread.count == len(visible)
    shown = flatten(thread.comments)
    assert len({each.id for each in shown}) == len(shown)
    assert {each.id for each in shown if not each.placeholder} == {
        comment.pk for comment in visible
    }
    for comment in comments:
        is_shown = comment in visible
        assert (comment.text in page) == is_shown
        assert is_shown or comment.name not in page
        # The latest decision of the log is the state.
        latest = comment.moderations.first()
        assert latest
        assert latest.decision == comment.state
    for each in shown:
        assert not each.placeholder or any(not reply.placeholder for reply in flatten(each.replies))
