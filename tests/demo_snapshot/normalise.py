"""Replaces values that differ between runs, and formats texts so that a difference is one line."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import unquote

from django.utils import timezone, translation
from django.utils.formats import date_format

type Replacement = str | Callable[[re.Match[str]], str]

INLINE: Final = (
    "a|abbr|b|bdi|bdo|button|cite|code|em|i|input|kbd|label|mark|q|s|small|span|strong|sub|sup|time"
)
BLOCK_TAG: Final = re.compile(rf"\s*(</?(?!(?:{INLINE})\b)[a-zA-Z!?][^>]*>)\s*")

BY_CHANCE: Final[tuple[tuple[str, str], ...]] = (
    (r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1CSRF"),
    (r"(nonce[=-]\"?)[A-Za-z0-9_+/=-]{16,}", r"\1NONCE"),
    (r"(/static/[^\"'\s?)>]*?)\.[0-9a-f]{8,12}(\.\w+)", r"\1.HASH\2"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
    # Signed values of two or three parts, then long values in mixed case, which no slug has.
    (
        r"(?<![\w.-])(?:[A-Za-z0-9_-]+:){1,2}(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{20,}(?![\w:-])",
        "TOKEN",
    ),
    (r"(?<=/)(?=[^/]*[A-Z])(?=[^/]*[a-z])[A-Za-z0-9_=-]{20,}(?=[/\s\"'<>?&#]|$)", "TOKEN"),
    (r"(?<=value=\")(?=[^\"]*[A-Z])(?=[^\"]*[a-z])[A-Za-z0-9_=:-]{24,}(?=\")", "TOKEN"),
)
DAYS_AHEAD: Final = 40
ISO: Final = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
RFC_822: Final = r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})"


class Normaliser:
    """Replaces the random values and times of this run."""

    def __init__(self, pictures: dict[str, str]) -> None:
        self.pictures = pictures
        """The random name of an image file → a name with the number of the image."""
        self.since = timezone.now() - timedelta(days=1)
        self.days = re.compile("|".join(map(re.escape, _written_days(self.since))))

    def text(self, text: str) -> str:
        """The text without random values and times."""
        for pattern, replacement in BY_CHANCE:
            text = re.sub(pattern, replacement, text)
        text = re.sub(r"(/pictures/)([\w.-]+)", self._picture, text)
        text = re.sub(f"{ISO}|{RFC_822}", self._moment, text)
        text = self.days.sub("TODAY", text)
        return re.sub(r"TODAY(\W{1,3}(at|à)?\W{0,2})\d\d:\d\d", r"TODAY\1HH:MM", text)

    def path(self, path: str) -> str:
        return self.text(unquote(path))

    def body(self, body: bytes, content_type: str) -> str:
        """The body of a response, with one tag or value per line."""
        text = body.decode("utf-8", "replace")
        if "json" in content_type:
            # Texts in the JSON are parts of pages, so they are replaced like them.
            return self.text(json.dumps(json.loads(text), indent=1, ensure_ascii=False))
        if "html" in content_type or "xml" in content_type:
            text = re.sub(r"\s+", " ", text)
            text = BLOCK_TAG.sub(r"\n\1\n", text)
            text = re.sub(r"\n{2,}", "\n", text).strip()
        return self.text(text)

    def _picture(self, match: re.Match[str]) -> str:
        name = match[2]
        form = name.rpartition(".")[2]
        return match[1] + self.pictures.get(name, f"UNKNOWN.{form}")

    def _moment(self, match: re.Match[str]) -> str:
        written = match[0]
        moment = _read(written)
        return "NOW" if moment is not None and moment >= self.since else written


def _read(written: str) -> datetime | None:
    for form in ("%a, %d %b %Y %H:%M:%S GMT", "%a, %d %b %Y %H:%M:%S %z"):
        try:
            moment = datetime.strptime(written, form)  # noqa: DTZ007 - made aware below
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())


def _written_days(first: datetime) -> list[str]:
    """Yesterday, today and the next weeks in the formats of pages and e-mails; longest first."""
    dates = set()
    for ahead in range(DAYS_AHEAD):
        day = (first + timedelta(days=ahead)).date()
        dates.add(day.isoformat())
        for language in ("en", "fr", "ar"):
            with translation.override(language):
                dates |= {date_format(day, form) for form in ("j F Y", "F j, Y", "j M Y", "j b Y")}
                dates.add(date_format(day))
    return sorted(dates, key=len, reverse=True)
