"""What images, galleries, files and embeds share: a figure with a caption."""

import re
from typing import Final

from lxml.html import HtmlElement

from articles.body.captions import clean_caption
from articles.body.tree import Block, Node, inner_html

NUMBER: Final = "[1-9][0-9]{0,17}"
"""The id of a row."""


def is_id(value: str) -> bool:
    return re.fullmatch(NUMBER, value) is not None


def id_or_none(value: str) -> str | None:
    return value if is_id(value) else None


def has_id(node: Node, attribute: str) -> bool:
    """Whether pasted markup has an id there, with zeros before it or not."""
    number = node.attributes.get(attribute, "")
    return number.isascii() and number.isdigit() and int(number) > 0


def captioned(attributes: dict[str, str], caption: str) -> Block:
    return Block("figure", f"<figcaption>{caption}</figcaption>", attributes)


def caption_of(figure: HtmlElement) -> str:
    """The sanitised caption of a stored figure."""
    return clean_caption(" ".join(inner_html(each) for each in figure.iter("figcaption")))
