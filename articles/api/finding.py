"""Searching through the API: the same engine as the search page, page after page."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from articles.api.asking import ArticlesAsked
from articles.api.cursors import question_of, read_cursor, write_cursor
from articles.api.paging import next_address
from articles.api.problems import SEARCH, Refused, refuse
from articles.api.telling import loaded, teller
from articles.editorial.models import Article
from articles.search.query import Findings, Unanswerable, find

FILTERS: Final = ("category", "tag", "author", "kind", "language", "published_from", "order")
FILTERS_OF_TIME: Final = ("published_until", "changed_since")


def found(
    request: HttpRequest, response: HttpResponse, asked: ArticlesAsked, names: list[str]
) -> dict[str, Any]:
    """One page of what was found, the best first.

    Raises:
        Refused: the words cannot be searched for.
    """
    question = question_of(request.path, {**asked.narrowing(), "size": asked.limit})
    page = _page(asked.cursor, question)
    findings = _find(asked, page)
    ids = [result.article.pk for result in findings.results]
    rows = loaded(Article.objects.published(), names).in_bulk(ids)
    following = write_cursor(question, [page + 1]) if findings.next_page else ""
    tell = teller(request, names)
    return {
        "items": [tell(rows[pk]) for pk in ids if pk in rows],
        "next": next_address(request, response, asked, following),
        "total": findings.total,
    }


def _find(asked: ArticlesAsked, page: int) -> Findings:
    for name in FILTERS + FILTERS_OF_TIME:
        if getattr(asked, name) is not None:
            refuse(name, "This does not go with a search.")
    words = (asked.q or "").strip()
    if not words:
        raise Refused(SEARCH, "There is no word in the search.")
    try:
        return find(words, page=page, size=asked.limit)
    except Unanswerable as mistake:
        raise Refused(SEARCH, mistake.sentence) from mistake


def _page(cursor: str | None, question: str) -> int:
    if not cursor:
        return 1
    (page,) = read_cursor(cursor, question)
    return int(page)
