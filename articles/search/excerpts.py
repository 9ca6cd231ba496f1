"""The words around a match, with the match marked."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Left
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from articles.search.models import SearchEntry

OPENS: Final = "\ue000"
CLOSES: Final = "\ue001"
"""Signs from Unicode's private area; indexing takes them out of every text."""

READ: Final = 60_000
"""Characters of a text that are looked through for an excerpt."""


def excerpts_of(article_ids: Iterable[int], queries: Mapping[str, SearchQuery]) -> dict[int, str]:
    """Article → excerpt as safe HTML, in one query. Costs some milliseconds a text: ask for one page."""
    cases = [When(configuration=name, then=_marked(name, query)) for name, query in queries.items()]
    entries = SearchEntry.objects.filter(pk__in=article_ids).annotate(
        marked=Case(*cases, default=Value(""), output_field=TextField())
    )
    return {pk: as_html(marked) for pk, marked in entries.values_list("pk", "marked")}


def as_html(marked: str) -> SafeString:
    """Escapes the text first, then turns the private signs into `mark`; a stray sign is dropped."""
    pieces = re.split(f"{OPENS}([^{OPENS}{CLOSES}]*){CLOSES}", marked)
    html = "".join(
        f"<mark>{escape(piece)}</mark>" if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    )
    # Every piece was escaped above; only our own two tags are markup.
    return mark_safe(html.replace(OPENS, "").replace(CLOSES, ""))  # noqa: S308


def _marked(configuration: str, query: SearchQuery) -> SearchHeadline:
    return SearchHeadline(
        Left(F("text"), READ),
        query,
        config=configuration,
        start_sel=OPENS,
        stop_sel=CLOSES,
        max_words=28,
        min_words=12,
        max_fragments=2,
        fragment_delimiter=" … ",
    )
