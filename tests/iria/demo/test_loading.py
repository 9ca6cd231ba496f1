"""The demo newsroom is loaded once, whole, and into nobody else's things."""

import re
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from articles.comments import job_queue
from articles.editorial.models import Article, Category
from iria.demo.loading import newsletters
from iria.publication.models import Publication
from newsletter.models import Issue, Newsletter, Subscriber
from tests.iria.demo.newsroom import (
    PASSWORD,
    every_row,
    load,
    remove,
    story,
    without_images,
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


def test_beside_real_subscribers_a_password_is_made_up_and_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remove()
    newsletter = Newsletter.objects.offered()[0]
    real = Subscriber.objects.create(
        email="a.reader@readers.example", state="active", confirmed_at=timezone.now()
    )
    real.subscriptions.create(newsletter=newsletter)
    monkeypatch.delenv("IRIA_DEMO_PASSWORD", raising=False)
    without_images(monkeypatch)
    mail.outbox.clear()
    said = load()
    # Without a given password one is made up and told once.
    told = re.search(r"edna@roadstead\.example with the password (\S+)", said)
    assert told is not None
    assert User.objects.get(email="edna@roadstead.example").check_password(told[1])
    assert "password" not in load()
    # A real subscriber is never sent the demo's newsletter.
    assert newsletters.NOT_SENT in said
    assert Issue.objects.filter(state="draft").count() == 2
    assert mail.outbox == []


def test_what_a_house_has_of_its_own_is_used_and_never_taken_away(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    remove()
    own = category("Our Asia desk", slug="asia-pacific")
    Publication(name="The Strait Review").save()
    Newsletter.objects.all().delete()
    monkeypatch.setenv("IRIA_DEMO_PASSWORD", "made-by-make")
    note = settings.STATE / "demo-editor.txt"
    note.write_text("made-by-make\n")
    without_images(monkeypatch)
    load()
    # Whoever starts the site is told how to sign in.
    assert note.read_text().split() == ["edna@roadstead.example", "made-by-make"]
    # Sections of an editor's own are used.
    assert story("pacific-observers").categories.contains(own)
    # A house without a newsletter gets one.
    assert Newsletter.objects.get().name == "News"
    assert Issue.objects.filter(state="sent").count() == 1
    remove()
    assert note.read_text().split() == ["made-by-make"]
    own.refresh_from_db()
    assert own.name == "Our Asia desk"
    assert Publication.objects.get().name == "The Strait Review"
    assert Category.objects.get() == own
    assert not Newsletter.objects.exists()


def test_nobody_is_written_to_about_comments_of_the_past() -> None:
    jobs = ProcrastinateJob.objects.filter(task_name__startswith="comments.")
    # One looks for whom to tell, and tells nobody of what is old.
    assert not jobs.exclude(task_name=job_queue.CREATE_NOTIFICATIONS).exists()
