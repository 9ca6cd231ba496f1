"""Saving a text: URLs of this site become references that follow their targets, and links are recorded."""

from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Model

from articles.body.references import REST, Reference, hrefs_in, references_in, with_references
from articles.links.targets import PATH_COLUMNS, link_kinds, union_of

MAX_URLS: Final = 500
"""Maximum number of URLs of a text, and of a query, that are looked up."""


def refer(body: str) -> str:
    """The sanitised body with references instead of URLs of known rows; repeating it changes nothing.

    Former URLs count too.
    """
    return refer_all(body)[0]


def refer_all(*bodies: str) -> list[str]:
    """`refer` for several bodies or captions, with a query for every `MAX_URLS` URLs."""
    paths: set[str] = set()
    for body in bodies:
        paths.update(
            sorted({path for href in hrefs_in(body) if (path := _own_path(href))})[:MAX_URLS]
        )
    if not paths:
        return list(bodies)
    found: dict[str, Reference] = {}
    for batch in batched(sorted(paths), MAX_URLS):
        found |= _references_at(list(batch))

    def find(href: str) -> str | None:
        path = _own_path(href)
        reference = found.get(path) if path else None
        rest = _rest(href)
        return f"{reference}{rest}" if reference and REST.fullmatch(rest) else None

    return [with_references(body, find) for body in bodies]


def _own_path(href: str) -> str:
    """The path with slashes at both ends; empty for other sites and for URLs that are not of a page."""
    try:
        url = urlsplit(href.strip())
        own = urlsplit(settings.SITE_URL)
        if url.scheme not in ("", "http", "https") or (url.scheme and not url.netloc):
            return ""
        if url.netloc and url.netloc.lower() != own.netloc.lower():
            return ""
        path = unquote(url.path)
    except ValueError:
        return ""
    if not path.startswith("/") or path == "/" or "\x00" in path:
        return ""
    return path if path.endswith("/") else f"{path}/"


def _rest(href: str) -> str:
    """Query and anchor, as written."""
    url = urlsplit(href.strip())
    return (f"?{url.query}" if url.query else "") + (f"#{url.fragment}" if url.fragment else "")


def _references_at(paths: list[str]) -> dict[str, Reference]:
    """The reference to the row at each path, in one query."""
    querysets = [rows for kind in link_kinds for rows in kind.at_paths(paths)]
    return {
        unquote(path): Reference(kind, pk) for kind, pk, path in union_of(querysets, PATH_COLUMNS)
    }


def record_links(source: Model, *bodies: str) -> None:
    """Updates `source.internal_links` from the references in its text and captions."""
    record_all_links({source: bodies})


def record_all_links[M: Model](bodies: Mapping[M, Sequence[str]]) -> None:
    """`record_links` for several sources of one model."""
    if not bodies:
        return
    first: Any = next(iter(bodies))
    links = first.internal_links.model
    field = first.internal_links.field
    stored: dict[int, dict[Reference, int]] = {source.pk: {} for source in bodies}
    rows = links._default_manager.filter(**{f"{field.name}__in": list(bodies)})
    for pk, source_id, kind, target_id in rows.values_list(
        "pk", field.attname, "target_kind", "target_id"
    ):
        stored[source_id][Reference(kind, target_id)] = pk
    removed: list[int] = []
    new: list[Model] = []
    for source, texts in bodies.items():
        known = stored[source.pk]
        wanted = set(references_in(*texts))
        wanted.discard(Reference(str(source._meta.model_name), source.pk))
        removed += [pk for reference, pk in known.items() if reference not in wanted]
        new += [
            links(**{field.name: source}, target_kind=each.kind, target_id=each.id)
            for each in sorted(wanted - known.keys())
        ]
    if removed:
        links._default_manager.filter(pk__in=removed).delete()
    links._default_manager.bulk_create(new, ignore_conflicts=True)
