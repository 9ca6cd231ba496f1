"""Whatever is written, answered, decided and taken back: the count and the page stay true."""

from typing import Any

import pytest
from django.db import transaction
from django.template.loader import render_to_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.submission import posting
from articles.comments.threads.builder import ThreadComment, thread_of
from articles.editorial.models import Article
from iria.publication.models import current_publication

DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["post", "approve", "reject", "spam", "take back"]),
        st.integers(min_value=0, max_value=30),
    ),
    max_size=25,
)
VERBS: dict[str, Any] = {
    "approve": decisions.approve,
    "reject": decisions.reject,
    "spam": decisions.spam,
}


def every_place(places: list[ThreadComment]) -> list[ThreadComment]:
    return [found for place in places for found in (place, *every_place(place.replies))]


def do(deed: str, which: int, article: Article, by: User) -> None:
    comments = list(Comment.objects.order_by("pk"))
    chosen = comments[which % len(comments)] if comments else None
    if deed == "post":
        answered = chosen if which % 3 else None
        number = len(comments)
        posting.post(
            article,
            name=f"Writer-{number}-x",
            email="teo@readers.example",
            text=f"Words-{number}-x",
            parent=answered,
        )
    elif chosen and deed == "take back":
        posting.delete_own(chosen, by=None)
    elif chosen:
        VERBS[deed](chosen, by=by)


@pytest.mark.django_db
@given(deeds=DEEDS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_count_is_what_can_be_read_and_no_hidden_word_is_on_the_page(
    deeds: list[tuple[str, int]], article: Article, mina: User
) -> None:
    with transaction.atomic():
        for deed, which in [("post", 0), *deeds]:
            try:
                do(deed, which, article, mina)
            except (posting.SubmissionError, decisions.DecidedMeanwhile):
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
    places = every_place(thread.comments)
    assert len({place.id for place in places}) == len(places)
    assert {place.id for place in places if not place.placeholder} == {
        comment.pk for comment in visible
    }
    for comment in comments:
        on_the_page = comment in visible
        assert (comment.text in page) == on_the_page
        assert on_the_page or comment.name not in page
        # The rows explain the state: the latest decision is it.
        latest = comment.moderations.first()
        assert latest
        assert latest.decision == comment.state
    for place in places:
        assert not place.placeholder or any(
            not below.placeholder for below in every_place(place.replies)
        )
