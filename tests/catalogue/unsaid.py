"""Texts in templates that are not passed to gettext and cannot be translated."""

import re
from collections.abc import Iterator
from typing import Final

from tests.catalogue.collecting import TEMPLATES

BLOCKS: Final = re.compile(r"{%\s*(comment|blocktranslate)\b.*?{%\s*end\1\s*%}", re.DOTALL)
LAYOUT: Final = re.compile(r"{%\s*block layout\s*%}.*?{%\s*endblock\s*%}")
"""The classes of the main element."""
TEMPLATE_CODE: Final = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
UNREAD: Final = re.compile(r"<!--.*?-->|<(style|script)\b.*?</\1>", re.DOTALL)
ATTRIBUTE: Final = re.compile(r'\s(?:aria-label|title|placeholder|alt)="([^"]*)"')
TAG: Final = re.compile(r"<[^>]*>")
LONE_ATTRIBUTE: Final = re.compile(r'[\w-]+="[^"]*"')
"""Of a tag in another template."""

WORD: Final = re.compile(r"[^\W\d_]{2,}")
NAMES: Final = frozenset({"RSS", "Atom", "ISSN", "JSON"})
"""Words that are the same in every language."""

ELSEWHERE: Final = ("admin/", "500.html", "articles/api/")
"""The admin and the API documentation are in English; the page of a server error has no gettext."""


def untranslated_texts() -> Iterator[str]:
    """Template and text, for each text outside of gettext."""
    for file in sorted(TEMPLATES.rglob("*")):
        name = file.relative_to(TEMPLATES).as_posix()
        if file.suffix in {".html", ".txt"} and not name.startswith(ELSEWHERE):
            for text in texts_outside_gettext(file.read_text("utf-8")):
                yield f"{name}: {text}"


def texts_outside_gettext(source: str) -> Iterator[str]:
    """The texts that remain without template tags and markup."""
    shown = UNREAD.sub(" ", TEMPLATE_CODE.sub("", LAYOUT.sub(" ", BLOCKS.sub(" ", source))))
    for part in [*ATTRIBUTE.findall(shown), *TAG.sub("\n", shown).split("\n")]:
        if any(word not in NAMES for word in WORD.findall(LONE_ATTRIBUTE.sub("", part))):
            yield " ".join(part.split())
