"""Weekly statistics: received, pending, time to decision, overturned."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import connection

MAX_WEEKS: Final = 26

QUERY: Final = """
WITH decided AS (
    SELECT comment_id, id, decision, created_at, created_by_id FROM articles_moderationdecision AS row
    WHERE undoes_id IS NULL AND featured IS NULL
        AND NOT EXISTS (SELECT FROM articles_moderationdecision AS undo WHERE undo.undoes_id = row.id)
), human AS (
    SELECT comment_id, min(created_at) AS first_at,
        count(DISTINCT CASE WHEN decision = 'approved' THEN 1
            WHEN decision IN ('rejected', 'spam') THEN 2 END) > 1 AS overturned
    FROM decided WHERE created_by_id IS NOT NULL AND decision IN ('approved', 'rejected', 'spam')
    GROUP BY comment_id
), machine AS (
    SELECT comment_id, min(created_at) AS held_at FROM decided
    WHERE created_by_id IS NULL AND decision = 'held' GROUP BY comment_id
)
SELECT date_trunc('week', comment.created_at AT TIME ZONE %s)::date AS week,
    count(*) AS received,
    count(machine.comment_id) AS held,
    count(human.comment_id) AS decided,
    percentile_cont(0.5) WITHIN GROUP (
        ORDER BY extract(epoch FROM human.first_at - machine.held_at)
    ) FILTER (WHERE human.first_at >= machine.held_at) AS median,
    count(*) FILTER (WHERE human.overturned) AS overturned,
    count(appeal.comment_id) AS asked,
    count(*) FILTER (WHERE appeal.outcome = 'granted') AS granted
FROM articles_comment AS comment
LEFT JOIN machine ON machine.comment_id = comment.id
LEFT JOIN human ON human.comment_id = comment.id
LEFT JOIN articles_appeal AS appeal ON appeal.comment_id = comment.id
WHERE comment.created_at >= now() - make_interval(weeks => %s)
GROUP BY week ORDER BY week DESC
"""
"""By the week in which the comment was submitted. Undone decisions do not count."""


@dataclass(frozen=True, slots=True)
class Week:
    """The statistics of one week, which begins on a Monday."""

    begins: date
    received: int
    held: int
    """By rules or reports."""
    decided: int
    """By people."""
    until_decided: timedelta | None
    """The median time from pending to the first decision by a person; None if there was none."""
    overturned: int
    """Approved by one person and rejected by another."""
    asked: int
    granted: int


def weekly_statistics(time_zone: str, *, limit: int = MAX_WEEKS) -> list[Week]:
    """Returns the weeks with comments, the newest first, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [time_zone, limit])
        rows = cursor.fetchall()
    return [
        Week(
            begins=row[0],
            received=row[1],
            held=row[2],
            decided=row[3],
            until_decided=None if row[4] is None else timedelta(seconds=float(row[4])),
            overturned=row[5],
            asked=row[6],
            granted=row[7],
        )
        for row in rows
    ]


def format_duration(duration: timedelta | None) -> str:
    """Formats as “12 minutes”, “3 hours” or “2 days”; None as a dash."""
    if duration is None:
        return "–"
    minutes = duration.total_seconds() / 60
    if minutes < 90:
        number, unit = max(1, round(minutes)), "minute"
    elif minutes < 36 * 60:
        number, unit = round(minutes / 60), "hour"
    else:
        number, unit = round(minutes / (24 * 60)), "day"
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
