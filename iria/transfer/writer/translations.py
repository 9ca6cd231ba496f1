"""Links between texts that translate each other."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from articles.editorial import translations
from articles.editorial.models import Article
from articles.editorial.translations import LanguageTaken
from articles.pages.models import Page
from iria.transfer.records import Kind, Remark
from iria.transfer.report import Report
from iria.transfer.writer.items import Items
from iria.transfer.writer.texts import written

type Key = tuple[Kind, str]
"""Kind and source id."""


def link(groups: Mapping[str, Sequence[Key]], items: Items, report: Report) -> None:
    """Links the texts of each group, unless somebody has changed them since; their rows alone decide.

    Args:
        groups: of the texts in the source, by what names their group there.
    """
    for group in groups.values():
        if len(group) > 1:
            _link_articles([key for kind, key in group if kind != Kind.PAGES], items, report)
            _link_pages([key for kind, key in group if kind == Kind.PAGES], items, report)


def _link_articles(source_ids: Sequence[str], items: Items, report: Report) -> None:
    rows = _unchanged(Kind.POSTS, source_ids, Article, items)
    first = next(iter(rows), None)
    for source_id in rows:
        if first is None or source_id == first:
            continue
        try:
            translations.link(rows[source_id], rows[first])
        except LanguageTaken:
            _remark(Kind.POSTS, source_id, report)
        # The first one may have got its group just now.
        rows[first].refresh_from_db(fields=["translation_group"])


def _link_pages(source_ids: Sequence[str], items: Items, report: Report) -> None:
    rows = _unchanged(Kind.PAGES, source_ids, Page, items)
    first = next(iter(rows.values()), None)
    languages = {first.language} if first else set()
    for source_id, page in rows.items():
        if first is None or page == first or page.translation_of_id == first.pk:
            languages.add(page.language)
        elif page.language in languages or first.translation_of_id is not None:
            _remark(Kind.PAGES, source_id, report)
        else:
            languages.add(page.language)
            with transaction.atomic():
                # Not a change by somebody, so without the time of one.
                Page.objects.filter(pk=page.pk).update(translation_of=first)


def _unchanged[T: Article | Page](
    kind: Kind, source_ids: Iterable[str], model: type[T], items: Items
) -> dict[str, T]:
    """Source id → row as the import left it, in the order of the rows."""
    known = items.known(kind, list(source_ids))
    rows: dict[int, Any] = model._default_manager.in_bulk(
        [each.object_id for each in known.values()]
    )
    now = written(rows.values())
    return {
        item.source_id: rows[item.object_id]
        for item in sorted(known.values(), key=lambda each: each.object_id)
        if item.object_id in rows and now[rows[item.object_id]] == item.written
    }


def _remark(kind: Kind, source_id: str, report: Report) -> None:
    text = "Another one is in its language."
    report.add_remarks(kind, source_id, [Remark("translation not linked", text)])
