"""The demo newsroom is loaded once, beside existing content."""

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


def test_a_row_that_an_editor_deleted_is_not_loaded_again() -> None:
    story("panama-lake").delete()
    load()
    assert not Article.objects.filter(slug="panama-lake").exists()


def test_the_demo_editor_signs_in_with_the_given_password() -> None:
    editor = User.objects.get(email="edna@roadstead.example")
    assert editor.check_password(PASSWORD)
    assert authenticate(None, email=editor.email, password=PASSWORD) == editor
    assert editor.is_staff
    assert editor.has_perm("articles.publish_article")


def test_a_password_is_generated_and_real_subscribers_get_no_email(
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
    output = load()
    # Without a given password one is generated and printed once.
    match = re.search(r"edna@roadstead\.example with the password (\S+)", output)
    assert match is not None
    assert User.objects.get(email="edna@roadstead.example").check_password(match[1])
    assert "password" not in load()
    # A real subscriber never receives the demo's newsletter.
    assert newsletters.NOT_SENT in output
    assert Issue.objects.filter(state="draft").count() == 2
    assert mail.outbox == []


def test_existing_content_is_used_and_not_removed(
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
    # The file for `make run` has the e-mail address and the password.
    assert note.read_text().split() == ["edna@roadstead.example", "made-by-make"]
    # An existing category is used.
    assert story("pacific-observers").categories.contains(own)
    # A site without a newsletter gets one.
    assert Newsletter.objects.get().name == "News"
    assert Issue.objects.filter(state="sent").count() == 1
    remove()
    assert note.read_text().split() == ["made-by-make"]
    own.refresh_from_db()
    assert own.name == "Our Asia desk"
    assert Publication.objects.get().name == "The Strait Review"
    assert Category.objects.get() == own
    assert not Newsletter.objects.exists()


def test_no_emails_are_sent_about_demo_comments() -> None:
    jobs = ProcrastinateJob.objects.filter(task_name__startswith="comments.")
    # This job creates no notifications for old comments.
    assert not jobs.exclude(task_name=job_queue.CREATE_NOTIFICATIONS).exists()
