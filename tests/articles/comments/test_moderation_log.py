"""The export of the moderation log, and the weekly statistics."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.comments.admin.log import format_duration, weekly_statistics
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import decisions
from articles.comments.submission import posting
from tests import moderation
from tests.articles.comments.conftest import Write

LOG = "/admin/articles/moderationdecision/"
COMMENTS = "/admin/articles/comment/"


def export(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"{LOG}export/{query}")
    assert response.status_code == 200
    content = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(StringIO(content)))


def test_the_export_is_filtered_and_has_no_texts(
    client: Client, write: Write, mina: User, edna: User
) -> None:
    comment = write("Secret words", pending=True)
    moderation.reject(comment, by=edna, reason="=HYPERLINK(1)", notify=True)
    client.force_login(mina)
    assert len(export(client)) == 2
    (row,) = export(client, "?decision__exact=rejected")
    assert (row["by"], row["commenter notified"]) == ("Edna Okafor", "yes")
    assert row["reason"] == "'=HYPERLINK(1)"
    assert "Secret words" not in str(row)
    assert [each["decision"] for each in export(client, "?origin=machine")] == ["held"]


def test_a_moderator_without_a_name_is_not_shown_by_email(
    client: Client, write: Write, mina: User
) -> None:
    User.objects.filter(pk=mina.pk).update(display_name="")
    write()
    client.force_login(User.objects.get(pk=mina.pk))
    page = client.get(LOG).content.decode()
    cells = page.split('class="field-who">')[1:]
    assert cells
    assert not any(mina.email in each.split("</td>")[0] for each in cells)


def test_weekly_statistics_count_received_held_and_overturned_comments(
    write: Write, mina: User, edna: User
) -> None:
    one, two, three = (write(text, pending=True) for text in ("One", "Two", "Three"))
    hour_ago = timezone.now() - timedelta(hours=1)
    ModerationDecision.objects.update(created_at=hour_ago)
    moderation.reject(one, by=mina)
    moderation.approve(one, by=edna)
    moderation.approve(two, by=mina)
    moderation.reject(three, by=mina)
    row = three.moderations.first()
    assert row
    decisions.undo([row], by=mina)
    posting.delete_own(two, by=None)
    (week,) = weekly_statistics("UTC")
    assert (week.received, week.held, week.decided, week.overturned) == (3, 3, 2, 1)
    assert format_duration(week.median_time) == "60 minutes"


def test_the_oldest_week_of_the_statistics_is_complete(write: Write) -> None:
    now = timezone.now()
    monday = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday())
    week = timedelta(days=7)
    for number, before in enumerate((timedelta(0), week, week + timedelta(seconds=1))):
        comment = write(f"Text {number}")
        Comment.objects.filter(pk=comment.pk).update(created_at=monday - before)
    weeks = weekly_statistics("UTC", limit=2)
    assert [(week.starts_on, week.received) for week in weeks] == [
        (monday.date(), 1),
        ((monday - week).date(), 1),
    ]


def test_weekly_statistics_without_comments_say_so(db: None, client: Client, mina: User) -> None:
    client.force_login(mina)
    assert Comment.objects.count() == 0
    assert "No comments" in client.get(f"{LOG}weeks/").content.decode()


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (None, "–"),
        (timedelta(seconds=5), "1 minute"),
        (timedelta(minutes=42), "42 minutes"),
        (timedelta(hours=3), "3 hours"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_a_duration_is_formatted_with_one_unit(duration: timedelta | None, text: str) -> None:
    assert format_duration(duration) == text
