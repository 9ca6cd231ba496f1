"""Files in a body: `<figure data-file="ID"><figcaption>description</figcaption></figure>`."""

import re
from dataclasses import dataclass
from typing import Final

from lxml.html import HtmlElement

from articles.body.sanitiser import WHOLE_NUMBER, clean_caption
from articles.body.tree import inner_html, parse

FILE_ID: Final = re.compile(r'data-file="([1-9][0-9]{0,17})"', re.ASCII)
"""Bodies are sanitised, so the attribute always has this form."""


@dataclass(frozen=True, slots=True)
class FileUse:
    """One file in a body, with the description of this use (sanitised HTML)."""

    file_id: int
    caption: str


def file_use_of(figure: HtmlElement) -> FileUse | None:
    """The use of a `figure` element; None if it has no file."""
    number = figure.get("data-file", "")
    if not WHOLE_NUMBER.fullmatch(number) or figure.get("data-image"):
        return None
    caption = " ".join(inner_html(each) for each in figure.iter("figcaption"))
    return FileUse(int(number), clean_caption(caption))


def files_in(body: str) -> list[FileUse]:
    """Every file, in the order of the text."""
    if "data-file" not in body:
        return []
    return [use for figure in parse(body).iter("figure") if (use := file_use_of(figure))]


def file_ids_in(body: str) -> set[int]:
    """The ids of the files, without parsing the body."""
    return {int(number) for number in FILE_ID.findall(body)}
