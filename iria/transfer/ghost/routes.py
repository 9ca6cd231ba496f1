"""The URLs of the old site: `routes.yaml` and the redirects that its editors had set up."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from articles.body.tree import UNREADABLE
from iria.transfer.names import url_parts
from iria.transfer.records import Redirect, Unreadable
from iria.transfer.source_files import loaded

DEFAULT: Final = "/{slug}/"
VARIABLE: Final = re.compile(r"\{(\w+)\}|:(\w+)")
MAX_FILTER_LENGTH: Final = 500
MAX_FILE_BYTES: Final = 5 * 1024**2
NO_TAG: Final = "all"
"""What Ghost writes for the first tag of a post that has none."""
OF_ONE: Final = re.compile(r"(tag|author|page|post)\.([\w-]+)")
CONDITION: Final = re.compile(
    r"(?P<field>[\w.]+):(?P<not>-)?(?P<values>\[[^\]]*\]|'[^']*'|[^\s'\[]+)"
)
META: Final = re.compile(r"[\[\](){}*+?|^$\\]")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a permalink and the filter of a collection ask of a post."""

    fields: Mapping[str, tuple[str, ...]]
    """Name → values: slug, id, tag, primary_tag, author, primary_author, featured, visibility."""
    published_at: datetime | None


@dataclass(slots=True)
class Routes:
    collections: list[tuple[str, str]] = field(default_factory=lambda: [("", DEFAULT)])
    """Filter and permalink, in their order."""
    tag: str = "/tag/{slug}/"
    author: str = "/author/{slug}/"
    shown_at: dict[str, str] = field(default_factory=dict)
    """`page.slug` → the path that a route shows it at."""
    lists: list[tuple[str, str]] = field(default_factory=list)
    """Path of a list → `tag.slug` or `author.slug` that it shows."""
    zone: tzinfo = UTC

    def post(self, facts: Facts) -> str:
        """The path of a post; empty if no collection has it."""
        for condition, permalink in self.collections:
            if matches(condition, facts):
                return fill(permalink, facts, self.zone)
        return ""

    def term(self, pattern: str, slug: str) -> str:
        return path_of(fill(pattern, Facts({"slug": (slug,)}, None), self.zone))


def read_routes(file: Path, zone: tzinfo) -> Routes:
    """Raises Unreadable."""
    given = _loaded(file)
    if not isinstance(given, dict):
        raise Unreadable(f"{file.name} is no routes file of Ghost.", 1)
    routes = Routes(zone=zone)
    if collections := _mapping(given.get("collections")):
        routes.collections = []
    for path, options in collections.items():
        _add_collection(routes, path_of(_string(path)), _mapping(options))
    taxonomies = _mapping(given.get("taxonomies"))
    for name in ("tag", "author"):
        pattern = taxonomies.get(name)
        if isinstance(pattern, str) and "slug" in pattern:
            setattr(routes, name, pattern)
    for path, options in _mapping(given.get("routes")).items():
        options = _mapping(options)
        shown = _data(options.get("data")) or _of_filter(_string(options.get("filter")))
        if shown.startswith(("page.", "post.")):
            routes.shown_at[shown] = path_of(_string(path))
        elif shown and path_of(_string(path)) != "/":
            routes.lists.append((path_of(_string(path)), shown))
    return routes


def _add_collection(routes: Routes, path: str, options: Mapping[Any, Any]) -> None:
    permalink, condition = options.get("permalink"), _string(options.get("filter"))
    if isinstance(permalink, str):
        routes.collections.append((condition, permalink))
    shown = _data(options.get("data")) or _of_filter(condition)
    if path != "/" and shown.startswith(("tag.", "author.")):
        routes.lists.append((path, shown))


def _of_filter(condition: str) -> str:
    """`tag.slug` for a filter that has the texts of one tag or author."""
    match = re.fullmatch(r"(?:primary_)?(tag|author)s?:\[?([\w-]+)\]?", condition.strip("() "))
    return f"{match[1]}.{match[2]}" if match else ""


def read_redirects(file: Path) -> list[Redirect]:
    """The redirects of `redirects.json` or `redirects.yaml`. Raises Unreadable."""
    given = _loaded(file)
    if given in (None, ""):
        return []
    pairs: list[tuple[object, object]]
    if isinstance(given, list):
        pairs = [(_mapping(each).get("from"), _mapping(each).get("to")) for each in given]
    elif isinstance(given, dict):
        pairs = [pair for part in given.values() for pair in _mapping(part).items()]
    else:
        raise Unreadable(f"{file.name} is no redirects file of Ghost.", 1)
    return [_redirect(_string(old), _string(new)) for old, new in pairs]


def matches(condition: str, facts: Facts) -> bool:
    """Whether a post fits a filter: `,` is “or”, `+` is “and” and binds closer."""
    text = condition.strip()
    if not text or len(text) > MAX_FILTER_LENGTH:
        return not text
    for sign, combine in ((",", any), ("+", all)):
        parts = list(_split(text, sign))
        if len(parts) > 1:
            return combine(matches(part, facts) for part in parts)
    if text.startswith("(") and text.endswith(")"):
        return matches(text[1:-1], facts)
    return _fits(text, facts)


def fill(pattern: str, facts: Facts, zone: tzinfo) -> str:
    """The path that a permalink gives a post."""

    def variable(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name in {"year", "month", "day"}:
            if facts.published_at is None:
                return ""
            moment = facts.published_at.astimezone(zone)
            return f"{getattr(moment, name):0{4 if name == 'year' else 2}d}"
        values = facts.fields.get("primary_author" if name == "author" else name, ())
        return values[0] if values else NO_TAG if name.startswith("primary_") else ""

    return _path(VARIABLE.sub(variable, pattern))


def path_of(url: str) -> str:
    """The unescaped path with slashes at both ends."""
    return _path(unquote(url_parts(url.strip()).path))


def _path(text: str) -> str:
    return "/" + "".join(f"{part}/" for part in UNREADABLE.sub("", text).split("/") if part)


def _redirect(old: str, new: str) -> Redirect:
    old = old.strip()
    # Ghost writes `/…/i` for a pattern that is the same in capitals.
    enclosed = re.fullmatch(r"/(\^?\\?/.*)/i", old)
    plain = re.sub(r"\\([/.\-_])", r"\1", enclosed[1] if enclosed else old)
    plain = plain.removeprefix("^").removesuffix("$").removesuffix("/?").removesuffix("(?:/)")
    skipped = ""
    if not old or not new.strip():
        skipped = "One of its two URLs is missing."
    elif META.search(plain) or "$" in new:
        skipped = "It is a pattern; only single URLs are redirected."
    return Redirect(path_of(plain) if not skipped else old, new.strip(), skipped)


def _fits(part: str, facts: Facts) -> bool:
    match = CONDITION.fullmatch(part)
    if match is None:
        return False
    name = (
        match["field"].removesuffix(".slug").removesuffix("s" if match["field"] == "tags" else "")
    )
    name = "author" if name == "authors" else name
    wanted = {each.strip().strip("'\"") for each in match["values"].strip("[]").split(",")}
    has = not wanted.isdisjoint(facts.fields.get(name, ()))
    return has != bool(match["not"])


def _split(text: str, sign: str) -> Iterator[str]:
    """Splits the text at a sign that is not within brackets."""
    depth, start = 0, 0
    for number, character in enumerate(text):
        depth += (character in "[(") - (character in "])")
        if character == sign and depth <= 0:
            yield text[start:number]
            start = number + 1
    yield text[start:]


def _data(value: object) -> str:
    """`tag.slug` and the like, in the short form or the long one."""
    if isinstance(value, dict):
        value = next(iter(value.values()), "")
    match = OF_ONE.fullmatch(value.strip()) if isinstance(value, str) else None
    return match[0] if match else ""


def _string(value: object) -> str:
    """Never the form of a list as a text: a few lines of YAML can make a list of any size."""
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _loaded(file: Path) -> Any:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise Unreadable(f"It is larger than {MAX_FILE_BYTES // 1024**2} MB.")
        text = UNREADABLE.sub("", file.read_text(encoding="utf-8-sig"))
        return loaded(text, "json" if file.suffix.lower() == ".json" else "yaml")
    except Unreadable as error:
        raise error.named(file.name) from error
    except OSError as error:
        raise Unreadable(f"{file.name} cannot be opened: {error.strerror}.") from error
    except UnicodeError as error:
        raise Unreadable(f"{file.name} is not in UTF-8.") from error
