"""The demo newsroom is loaded once, whole, and into nobody else's things."""

import re
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from articles.comments.following import queueing
from articles.editorial.models import Article, Category
from iria.demo.loading import letters
from iria.publication.models import Publication
from newsletter.models import Issue, Newsletter, Subscriber
from tests.iria.demo.newsroom import (
    PASSWORD,
    every_row,
    load,
    remove,
    story,
    without_pictures,
)
from tests.newsroom import category

pytestmark = pytest.mark.django_db


def test_loading_a_second_time_changes_nothing() -> None:
    rows = every_row()
    assert "loaded already" in load()
    assert every_row() == rows


def test_what_an_editor_has_deleted_stays_deleted() -> None:
    story("panama-lake").delete()
    load()
    assert not Article.objects.filter(slug="panama-lake").exists()


def test_the_demo_editor_signs_in_with_the_given_password() -> None:
    editor = User.objects.get(email="edna@roadstead.example")
    assert editor.check_password(PASSWORD)
    assert authenticate(None, email=editor.email, password=PASSWORD) == editor
    assert editor.is_staff
    assert editor.has_perm("articles.publish_article")


def test_without_a_given_password_one_is_made_up_and_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remove()
    monkeypatch.delenv("IRIA_DEMO_PASSWORD", raising=False)
    without_pictures(monkeypatch)
    told = re.search(r"edna@roadstead\.example with the password (\S+)", load())
    assert told is not None
    assert User.objects.get(email="edna@roadstead.example").check_password(told[1])
    assert "password" not in load()


def test_whoever_starts_the_site_is_told_how_to_sign_in(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    remove()
    monkeypatch.setenv("IRIA_DEMO_PASSWORD", "made-by-make")
    note = settings.STATE / "demo-editor.txt"
    note.write_text("made-by-make\n")
    without_pictures(monkeypatch)
    load()
    assert note.read_text().split() == ["edna@roadstead.example", "made-by-make"]
    remove()
    assert note.read_text().split() == ["made-by-make"]


def test_sections_and_names_of_an_editors_own_are_used_and_never_taken_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remove()
    own = category("Our Asia desk", slug="asia-pacific")
    Publication(name="The Strait Review").save()
    without_pictures(monkeypatch)
    load()
    assert story("pacific-observers").categories.contains(own)
    remove()
    own.refresh_from_db()
    assert own.name == "Our Asia desk"
    assert Publication.objects.get().name == "The Strait Review"
    assert Category.objects.get() == own


def test_a_real_subscriber_is_never_sent_the_demos_newsletter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remove()
    newsletter = Newsletter.objects.offered()[0]
    real = Subscriber.objects.create(
        email="a.reader@readers.example", state="active", confirmed_at=timezone.now()
    )
    real.subscriptions.create(newsletter=newsletter)
    without_pictures(monkeypatch)
    mail.outbox.clear()
    assert letters.NOT_SENT in load()
    assert Issue.objects.filter(state="draft").count() == 2
    assert mail.outbox == []


def test_a_house_without_a_newsletter_gets_one_and_loses_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remove()
    Newsletter.objects.all().delete()
    without_pictures(monkeypatch)
    load()
    assert Newsletter.objects.get().name == "News"
    assert Issue.objects.filter(state="sent").count() == 1
    remove()
    assert not Newsletter.objects.exists()


def test_nobody_is_written_to_about_comments_of_the_past() -> None:
    jobs = ProcrastinateJob.objects.filter(task_name__startswith="comments.")
    # One looks for whom to tell, and tells nobody of what is old.
    assert not jobs.exclude(task_name=queueing.SPREAD).exists()
