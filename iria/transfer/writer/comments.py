"""Comments, in bulk: they were screened and moderated elsewhere."""

from collections.abc import Iterable, Iterator
from typing import Final

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from articles.body.sanitiser import UNSTORABLE
from articles.comments.models import Comment as CommentRow
from articles.editorial.models import Article
from iria.core.db.imported_items import ImportedItem
from iria.transfer.records import Comment, Kind
from iria.transfer.report import CHANGED_HERE, Outcome, Report
from iria.transfer.writer.items import ID_LENGTH, Items, digest_of, digest_of_row

ANONYMOUS: Final = "Anonymous"
NAME_LENGTH: Final = 80


def write(article: Article, comments: list[Comment], items: Items, report: Report) -> None:
    """Writes the comments of one article, threads and all."""
    known = items.known(Kind.COMMENTS, [each.source_id for each in comments])
    rows = CommentRow.objects.in_bulk([each.object_id for each in known.values()])
    ids = {key: item.object_id for key, item in known.items() if item.object_id in rows}
    new: list[Comment] = []
    for each in comments:
        item = known.get(each.source_id[:ID_LENGTH])
        if each.skipped:
            _report(report, each, Outcome.SKIPPED, each.skipped)
        elif item is None:
            new.append(each)
        elif item.object_id not in rows:
            _report(report, each, Outcome.SKIPPED, "It was deleted here.")
        else:
            _update(each, item, rows[item.object_id], report)
    for level in _levels(new, set(ids)):
        _create(article, level, ids, items)
        for each in level:
            _report(report, each, Outcome.CREATED)


def skip(comments: Iterable[Comment], reason: str, report: Report) -> None:
    for each in comments:
        _report(report, each, Outcome.SKIPPED, each.skipped or reason)


def _levels(comments: list[Comment], written: set[str]) -> Iterator[list[Comment]]:
    """Comments whose parents exist already, level by level; ids in the database grow downwards.

    A parent that is missing, skipped, or a reply to its own reply does not count.
    """
    by_id = {each.source_id for each in comments}
    waiting = comments
    while waiting:
        ready = [c for c in waiting if not c.parent or c.parent in written or c.parent not in by_id]
        ready = ready or waiting
        yield ready
        written |= {each.source_id for each in ready}
        done = {id(each) for each in ready}
        waiting = [each for each in waiting if id(each) not in done]


def _create(article: Article, comments: list[Comment], ids: dict[str, int], items: Items) -> None:
    rows = [
        CommentRow(
            article=article,
            parent_id=ids.get(each.parent),
            name=_storable(each.name)[:NAME_LENGTH].strip() or ANONYMOUS,
            email=_email(each.email),
            text=_storable(each.text),
            state=each.state.value,
            created_at=each.created_at or article.published_at or timezone.now(),
        )
        for each in comments
    ]
    CommentRow.objects.bulk_create(rows)
    content_type = ContentType.objects.get_for_model(CommentRow)
    ImportedItem.objects.bulk_create(
        ImportedItem(
            source=items.source,
            kind=Kind.COMMENTS.value,
            source_id=each.source_id[:ID_LENGTH],
            digest=digest_of(each),
            written=written(row),
            content_type=content_type,
            object_id=row.pk,
            created_in_id=items.run_id,
        )
        for each, row in zip(comments, rows, strict=True)
    )
    ids.update((each.source_id, row.pk) for each, row in zip(comments, rows, strict=True))


def _update(comment: Comment, item: ImportedItem, row: CommentRow, report: Report) -> None:
    digest = digest_of(comment)
    if item.digest == digest:
        _report(report, comment, Outcome.UNCHANGED)
    elif item.written != written(row):
        _report(report, comment, Outcome.SKIPPED, CHANGED_HERE)
    else:
        row.text, row.state = _storable(comment.text), comment.state.value
        row.save(update_fields=["text", "state"])
        item.digest, item.written = digest, written(row)
        item.save(update_fields=["digest", "written", "imported_at"])
        _report(report, comment, Outcome.UPDATED)


def written(row: CommentRow) -> str:
    return digest_of_row(row.name, row.text, row.state)


def _storable(text: str) -> str:
    return UNSTORABLE.sub("", text)


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        return ""
    return text if len(text) <= 254 else ""


def _report(report: Report, comment: Comment, outcome: Outcome, reason: str = "") -> None:
    report.add(Kind.COMMENTS, comment.source_id, outcome, reason)
