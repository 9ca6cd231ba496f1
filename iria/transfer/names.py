"""How sources name things: ids, terms, languages, URLs and dates. Plain Python."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from iria.transfer.records import Author, Kind, Record, Term, Text

MAX_ID_LENGTH: Final = 200
EARLIEST: Final = 1900
MAX_OFFSET: Final = timedelta(hours=14)
"""No zone is further from UTC."""
ZONE: Final = re.compile(
    r"\s*(?:(?P<utc>Z|UTC|GMT)|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2}))$"
)
FORMATS: Final = (
    *(
        "%Y/%m/%d %H:%M:%S",
        "%Y/%m/%d %H:%M",
        "%Y/%m/%d",
        "%Y-%m-%d %H:%M",
        "%B %d, %Y",
        "%b %d, %Y",
    ),
    *("%d %B %Y", "%d %b %Y", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m", "%Y"),
)


def short_id(text: str) -> str:
    """The text itself if it is short enough for an id, or else its beginning and a digest."""
    text = text.encode("utf-8", "replace").decode().replace("\x00", "")
    if len(text) <= MAX_ID_LENGTH:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{text[: MAX_ID_LENGTH - 20]}…{digest}"


def shown(path: str) -> str:
    """A name that is no UTF-8 has surrogates, which a database refuses."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def terms_of(names: Iterable[str], kind: Kind = Kind.TAGS) -> list[Term]:
    """Those with a name, each once, whatever their capitals and spaces."""
    named = [" ".join(each.split()) for each in names]
    terms = {key: Term(key, each, kind) for each in named if (key := short_id(each.casefold()))}
    return list(terms.values())


def language_of(code: str) -> str:
    """`en` for en-GB and EN_us."""
    return re.split(r"[-_]", code.strip().lower())[0]


@dataclass(slots=True)
class Announced:
    """Authors, categories and tags that only texts name, each as a record before its first text."""

    _seen: set[tuple[Kind, str]] = field(default_factory=set)

    def before(self, text: Text) -> Iterator[Record]:
        for name in text.authors:
            if self._is_new(Kind.AUTHORS, name):
                yield Author(name, name)
        for term in [*text.categories, *text.tags]:
            if self._is_new(term.kind, term.source_id):
                yield term

    def _is_new(self, kind: Kind, source_id: str) -> bool:
        is_new = (kind, source_id) not in self._seen
        self._seen.add((kind, source_id))
        return is_new


def join(base: str, url: str) -> str:
    """The absolute URL; empty if it cannot be one."""
    try:
        joined = urljoin(base, url.strip())
        urlsplit(joined)
    except ValueError:
        return ""
    return joined


def url_parts(url: str) -> SplitResult:
    """Empty ones of what is no URL, such as one with brackets in its host."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def host_of(url: str) -> str:
    return url_parts(url.strip()).netloc.lower().removeprefix("www.")


def is_web_url(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def moment(text: str, zone: tzinfo) -> datetime | None:
    """The time that a text names; `zone` counts if it names none.

    ISO 8601, RFC 822, and the forms that people write by hand.
    """
    text = " ".join(text.split())
    if not text or len(text) > 100:
        return None
    return _in_utc(_iso(text) or _by_hand(text) or _header(text), zone)


def moment_of_two(
    local: str, utc: str, published: str, zone: tzinfo
) -> tuple[datetime | None, bool]:
    """The time that WordPress names twice, and whether the two dates contradict each other.

    The time in UTC counts if it can be: WordPress leaves it empty in drafts, and clocks and old importers have
    left some days apart from the local one. Then the local time counts, in `zone`. `pubDate` is the last resort.
    """
    here, there = _naive(local), _naive(utc)
    if here is not None and there is not None and abs(here - there) > MAX_OFFSET:
        return _in_utc(here, zone), True
    if there is not None:
        return there.replace(tzinfo=UTC), False
    return _in_utc(here or _header(published.strip()), zone if here else UTC), False


def _in_utc(found: datetime | None, zone: tzinfo) -> datetime | None:
    if found is None or not EARLIEST <= found.year < 9999:
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _naive(text: str) -> datetime | None:
    """The time in the text, in UTC if it names a zone."""
    try:
        parsed = datetime.fromisoformat(text.strip())
        if parsed.tzinfo is not None:
            parsed = parsed.astimezone(UTC).replace(tzinfo=None)
    except (OverflowError, ValueError):
        return None
    return parsed if EARLIEST <= parsed.year < 9999 else None


def _iso(text: str) -> datetime | None:
    if found := ZONE.search(text):
        # With a colon and without a space, which Python requires.
        hours = f"{found['sign']}{found['hours']}:{found['minutes']}"
        text = text[: found.start()] + ("+00:00" if found["utc"] else hours)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _by_hand(text: str) -> datetime | None:
    for each in FORMATS:
        try:
            return datetime.strptime(text, each)  # noqa: DTZ007 - the caller adds the zone
        except ValueError:
            continue
    return None


def _header(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
