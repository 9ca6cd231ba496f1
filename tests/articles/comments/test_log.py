"""The log is taken away as a table, and counted by week."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import decisions, undo
from articles.comments.moderation.weekly_statistics import format_duration, weekly_statistics
from articles.comments.submission import posting
from tests.articles.comments.conftest import Write

LOG = "/admin/articles/moderationdecision/"


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{LOG}export/{query}")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(StringIO(content)))


def test_it_is_taken_away_as_it_is_filtered(
    client: Client, write: Write, mina: User, edna: User
) -> None:
    comment = write("Secret words", waits=True)
    decisions.reject(comment, by=edna, reason="=HYPERLINK(1)", notify=True)
    client.force_login(mina)
    assert len(exported(client)) == 2
    (row,) = exported(client, "?decision__exact=rejected")
    assert (row["by"], row["commenter notified"]) == ("Edna Okafor", "yes")
    assert row["reason"] == "'=HYPERLINK(1)"
    assert "Secret words" not in str(row)
    assert [each["decision"] for each in exported(client, "?origin=machine")] == ["held"]


def test_whoever_has_no_name_to_show_is_not_named_by_an_address(
    client: Client, write: Write, mina: User
) -> None:
    User.objects.filter(pk=mina.pk).update(display_name="")
    write()
    client.force_login(User.objects.get(pk=mina.pk))
    page = client.get(LOG).content.decode()
    cells = page.split('class="field-who">')[1:]
    assert cells
    assert not any(mina.email in each.split("</td>")[0] for each in cells)


def test_weeks_count_what_came_what_was_held_how_long_it_took_and_what_was_overturned(
    write: Write, mina: User, edna: User
) -> None:
    one, two, three = (write(words, waits=True) for words in ("One", "Two", "Three"))
    hour_ago = timezone.now() - timedelta(hours=1)
    ModerationDecision.objects.update(created_at=hour_ago)
    decisions.reject(one, by=mina)
    decisions.approve(one, by=edna)
    decisions.approve(two, by=mina)
    decisions.reject(three, by=mina)
    row = three.moderations.first()
    assert row
    undo.undo([row], by=mina)
    posting.delete_own(two, by=None)
    (week,) = weekly_statistics("UTC")
    assert (week.received, week.held, week.decided, week.overturned) == (3, 3, 2, 1)
    assert format_duration(week.until_decided) == "60 minutes"


def test_no_comment_no_week(db: None, client: Client, mina: User) -> None:
    client.force_login(mina)
    assert Comment.objects.count() == 0
    assert "No comments" in client.get(f"{LOG}weeks/").content.decode()


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (None, "–"),
        (timedelta(seconds=5), "1 minute"),
        (timedelta(minutes=42), "42 minutes"),
        (timedelta(hours=3), "3 hours"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_a_span_is_said_in_one_number(span: timedelta | None, words: str) -> None:
    assert format_duration(span) == words
