"""The demo newsroom is loaded once, beside what a site has."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.editorial.models import Article
from articles.editorial.versions import revisions
from articles.popular.models import ArticleViews
from articles.popular.most_read import most_read_articles
from iria.publication.models import Publication, current_publication
from tests.iria.demo.newsroom import (
    PASSWORD,
    every_row,
    load,
    remove,
    story,
)
from tests.newsroom import category, draft

pytestmark = pytest.mark.django_db


def test_loading_a_second_time_changes_nothing() -> None:
    rows = every_row()
    assert "loaded already" in load()
    assert every_row() == rows


def test_the_demo_editor_signs_in_with_the_given_password() -> None:
    editor = User.objects.get(email="edna@roadstead.example")
    assert editor.check_password(PASSWORD)
    assert authenticate(None, email=editor.email, password=PASSWORD) == editor
    assert editor.is_staff
    assert editor.has_perm("articles.publish_article")


def test_it_is_loaded_beside_other_content_and_once_more_beside_what_was_kept(
    rui: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    remove()
    monkeypatch.delenv("IRIA_DEMO_PASSWORD", raising=False)
    Publication(name="The Strait Review").save()
    own = draft("Our own", by=rui, categories=[category("Ours", slug="ours")])
    day = current_publication().local_date(timezone.now()) - timedelta(days=3)
    ArticleViews.objects.create(article=own, day=day, views=7)
    match = re.search(r"edna@roadstead\.example with the password (\S+)", load())
    assert match is not None
    assert User.objects.get(email="edna@roadstead.example").check_password(match[1])
    assert "password" not in load()
    # The file for `make run` has the e-mail address and the password, if there is one.
    note = settings.STATE / "demo-editor.txt"
    assert not note.exists()
    assert ArticleViews.objects.get(article=own).day == day
    assert ArticleViews.objects.latest("day").day == day + timedelta(days=3)
    edited = story("panama-lake")
    edited.headline = "Panama’s lake, as we see it"
    revisions.save(edited, by=rui)
    rows = every_row()
    remove()
    assert {each.headline for each in Article.objects.all()} == {"Our own", edited.headline}
    monkeypatch.setenv("IRIA_DEMO_PASSWORD", "made-by-make")
    note.write_text("made-by-make\n")
    load()
    assert note.read_text().split() == ["edna@roadstead.example", "made-by-make"]
    assert Article.objects.count() == 38
    assert len(every_row()["articles.Revision"]) == len(rows["articles.Revision"])
    edited.refresh_from_db()
    assert edited.headline == "Panama’s lake, as we see it"
    assert edited.lead_image is not None
    assert Publication.objects.get().name == "The Strait Review"
    own.refresh_from_db()
    assert [each.name for each in own.categories.all()] == ["Ours"]
    # Rows of the editors are numbered as without the demo.
    assert own.pk < draft("Our next one", by=rui).pk < own.pk + 10


def test_it_is_not_loaded_where_its_urls_are_taken() -> None:
    remove()
    category("Our Asia desk", slug="asia-pacific")
    rows = every_row()
    with pytest.raises(CommandError):
        load()
    assert every_row() == rows


def test_the_most_read_articles_are_those_of_the_last_days() -> None:
    """The views in the files are those of the days before they were exported."""
    today = current_publication().local_date(timezone.now())
    assert ArticleViews.objects.filter(day=today).exists()
    assert not ArticleViews.objects.filter(day__gt=today).exists()
    assert most_read_articles("en")


def test_no_emails_are_sent_about_demo_comments() -> None:
    jobs = ProcrastinateJob.objects.filter(task_name__startswith="comments.")
    # This job creates no notifications for old comments.
    assert not jobs.exclude(task_name="comments.spread").exists()


def test_a_decision_about_a_demo_comment_can_be_undone(mina: User) -> None:
    load()
    comment = Comment.objects.filter(state="held", moderations__isnull=False)[0]
    row = decisions.decide(comment, Comment.State.APPROVED, by=mina)
    assert row
    assert decisions.undo([row], by=mina) == 1
    comment.refresh_from_db()
    assert comment.state == "held"


def test_a_reader_replies_to_a_demo_comment() -> None:
    comment = Comment.objects.filter(state=Comment.State.APPROVED).first()
    assert comment
    reply = Comment.objects.create(
        article=comment.article, parent=comment, name="Ola", text="Which of the two ferries?"
    )
    assert reply.pk > comment.pk
