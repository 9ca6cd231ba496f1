"""Replaces what differs from run to run, and lays the text out so that a difference is one line."""

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
    # Signed values, in two or three parts; then long ones whose mix of letters no slug has.
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
    """What is replaced in this run."""

    def __init__(self, pictures: dict[str, str]) -> None:
        self.pictures = pictures
        """The name of a picture's file, which is drawn by lot → a name that says which picture it is."""
        self.since = timezone.now() - timedelta(days=1)
        self.days = re.compile("|".join(map(re.escape, _written_days(self.since))))

    def text(self, text: str) -> str:
        """Without chance and clock."""
        for pattern, replacement in BY_CHANCE:
            text = re.sub(pattern, replacement, text)
        text = re.sub(r"(/pictures/)([\w.-]+)", self._picture, text)
        text = re.sub(f"{ISO}|{RFC_822}", self._moment, text)
        text = self.days.sub("TODAY", text)
        return re.sub(r"TODAY(\W{1,3}(at|à)?\W{0,2})\d\d:\d\d", r"TODAY\1HH:MM", text)

    def path(self, path: str) -> str:
        return self.text(unquote(path))

    def body(self, body: bytes, content_type: str) -> str:
        """An answer, a tag or a value a line."""
        text = body.decode("utf-8", "replace")
        if "json" in content_type:
            # Before the layout: what is written in the JSON is text of a page again.
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
    """Yesterday, today and the next weeks as pages and mails write them; the longest come first."""
    found = set()
    for ahead in range(DAYS_AHEAD):
        day = (first + timedelta(days=ahead)).date()
        found.add(day.isoformat())
        for language in ("en", "fr", "ar"):
            with translation.override(language):
                found |= {date_format(day, form) for form in ("j F Y", "F j, Y", "j M Y", "j b Y")}
                found.add(date_format(day))
    return sorted(found, key=len, reverse=True)
