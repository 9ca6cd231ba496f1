"""Words that stand in a template outside of gettext, where nobody could translate them."""

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
"""Of a tag that stands in another template."""

WORD: Final = re.compile(r"[^\W\d_]{2,}")
NAMES: Final = frozenset({"RSS", "Atom", "ISSN", "JSON"})
"""What is called the same in every language."""

ELSEWHERE: Final = ("admin/", "500.html", "articles/api/")
"""The desk and the page for programmers speak English; where something broke, nothing is looked up."""


def unsaid() -> Iterator[str]:
    """Template and words, for each that stands outside of gettext."""
    for file in sorted(TEMPLATES.rglob("*")):
        name = file.relative_to(TEMPLATES).as_posix()
        if file.suffix in {".html", ".txt"} and not name.startswith(ELSEWHERE):
            for words in words_outside(file.read_text("utf-8")):
                yield f"{name}: {words}"


def words_outside(source: str) -> Iterator[str]:
    """What is left to read once everything a template says by its tags is taken out."""
    shown = UNREAD.sub(" ", TEMPLATE_CODE.sub("", LAYOUT.sub(" ", BLOCKS.sub(" ", source))))
    for part in [*ATTRIBUTE.findall(shown), *TAG.sub("\n", shown).split("\n")]:
        if any(word not in NAMES for word in WORD.findall(LONE_ATTRIBUTE.sub("", part))):
            yield " ".join(part.split())
