"""Comments, in bulk: they were screened and moderated elsewhere."""

import json
from collections import deque
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import batched
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.utils import timezone

from articles.comments.models import Comment as CommentRow
from articles.editorial.models import Article
from iria.core.db.bulk import insert_selected
from iria.transfer.models import ImportedItem
from iria.transfer.names import MAX_ID_LENGTH
from iria.transfer.records import NO_TEXT, Comment, Kind
from iria.transfer.report import CHANGED_HERE, Outcome, Report
from iria.transfer.writer.items import Items, Made, digest_of, digest_of_row, storable

ANONYMOUS: Final = "Anonymous"
MAX_NAME_LENGTH: Final = 80
AT_ONCE: Final = 2_000
TWICE: Final = "Its id is in the file twice."


def write(threads: Sequence[tuple[Article, list[Comment]]], items: Items, report: Report) -> None:
    """Writes the comments of articles, threads and all."""
    known = items.known(
        Kind.COMMENTS, [each.source_id for _, comments in threads for each in comments]
    )
    rows = CommentRow.objects.in_bulk([each.object_id for each in known.values()])
    places = {
        key: (item.object_id, rows[item.object_id].article_id)
        for key, item in known.items()
        if item.object_id in rows
    }
    new: dict[str, tuple[Article, Comment]] = {}
    for article, comments in threads:
        for each in comments:
            key = each.source_id[:MAX_ID_LENGTH]
            item = known.get(key)
            if each.skipped or not storable(each.text).strip():
                _report(report, each, Outcome.SKIPPED, each.skipped or NO_TEXT)
            elif key in new:
                _report(report, each, Outcome.SKIPPED, TWICE)
            elif item is None:
                new[key] = article, each
            elif item.object_id not in rows:
                _report(report, each, Outcome.SKIPPED, "It was deleted here.")
            elif rows[item.object_id].article_id != article.pk:
                _report(report, each, Outcome.SKIPPED, TWICE)
            else:
                _update(each, item, rows[item.object_id], items, report)
    _create(list(_parents_first(list(new.values()), places)), places, items)
    for _, each in new.values():
        _report(report, each, Outcome.CREATED)


def skip(comments: Iterable[Comment], reason: str, report: Report) -> None:
    for each in comments:
        _report(report, each, Outcome.SKIPPED, each.skipped or reason)


def _parents_first(
    comments: list[tuple[Article, Comment]], written: Container[str]
) -> Iterator[tuple[Article, Comment]]:
    """Ids in the database grow downwards.

    A parent that is missing, skipped, or a reply to its own reply does not count.
    """
    waiting: dict[str, list[tuple[Article, Comment]]] = {}
    ready: deque[tuple[Article, Comment]] = deque()
    by_id = {each.source_id for _, each in comments}
    for pair in comments:
        parent = pair[1].parent
        if parent and parent in by_id and parent not in written:
            waiting.setdefault(parent, []).append(pair)
        else:
            ready.append(pair)
    while ready or waiting:
        if not ready:
            ready.extend(waiting.pop(next(iter(waiting))))
        pair = ready.popleft()
        ready.extend(waiting.pop(pair[1].source_id, []))
        yield pair


def _create(
    comments: list[tuple[Article, Comment]], places: dict[str, tuple[int, int]], items: Items
) -> None:
    """Writes new comments, parents first.

    Args:
        places: source id of those that exist → their ids and those of their articles.
    """
    if not comments:
        return
    rows, made = [], []
    for (article, each), pk in zip(comments, _new_ids(len(comments)), strict=True):
        parent_id, below = places.get(each.parent, (None, None))
        created_at = each.created_at or article.published_at or timezone.now()
        row = {
            "id": pk,
            "article_id": article.pk,
            "parent_id": parent_id if below == article.pk else None,
            "name": storable(each.name)[:MAX_NAME_LENGTH].strip() or ANONYMOUS,
            "email": _email(each.email),
            "text": storable(each.text),
            "state": each.state.value,
            "created_at": created_at.isoformat(),
        }
        places[each.source_id] = pk, article.pk
        rows.append(row)
        left = digest_of_row(row["name"], row["text"], row["state"])
        made.append(
            Made(Kind.COMMENTS, each.source_id, CommentRow, pk, digest_of(each), left, created=True)
        )
    for some in batched(rows, AT_ONCE):
        # From one parameter, because models and their fields would take most of the time.
        insert_selected(
            CommentRow,
            {name: name for name in rows[0]},
            f"json_populate_recordset(NULL::{CommentRow._meta.db_table}, %s::json)",
            [json.dumps(some)],
        )
    items.record_all(made)


def _new_ids(number: int) -> list[int]:
    """Ids of rows to come, so that a comment and the replies to it are inserted together."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('articles_comment', 'id'))"
            " FROM generate_series(1, %s)",
            [number],
        )
        return sorted(pk for (pk,) in cursor.fetchall())


def _update(
    comment: Comment, item: ImportedItem, row: CommentRow, items: Items, report: Report
) -> None:
    digest = digest_of(comment)
    if item.digest == digest:
        _report(report, comment, items.unchanged(item))
    elif item.written != written(row):
        _report(report, comment, Outcome.SKIPPED, CHANGED_HERE)
    else:
        row.text, row.state = storable(comment.text), comment.state.value
        row.save(update_fields=["text", "state"])
        item.digest, item.written = digest, written(row)
        item.save(update_fields=["digest", "written", "imported_at"])
        _report(report, comment, Outcome.UPDATED)


def written(row: CommentRow) -> str:
    return digest_of_row(row.name, row.text, row.state)


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        return ""
    return text if len(text) <= 254 else ""


def _report(report: Report, comment: Comment, outcome: Outcome, reason: str = "") -> None:
    report.add(Kind.COMMENTS, comment.source_id, outcome, reason)
