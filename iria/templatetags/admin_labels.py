"""Labels of the forms of the admin, which stand above their fields, and of the cells of its lists."""

import re
from collections.abc import Iterable
from typing import Any, Final

from django import template
from django.utils.html import conditional_escape, escape, format_html, strip_tags
from django.utils.safestring import SafeString

register = template.Library()

CELL: Final = re.compile(r"<(td|th)\b")
EMPTY: Final = {"", "-", "–"}


@register.filter
def as_attributes(attributes: dict[str, Any]) -> SafeString:
    """What `django/forms/attrs.html` makes of them, in the same order; a quarter of a form's nodes."""
    shown = ((name, value) for name, value in attributes.items() if value is not False)
    parts = (
        f" {escape(name)}" if value is True else f' {escape(name)}="{conditional_escape(value)}"'
        for name, value in shown
    )
    return SafeString("".join(parts))


@register.filter
def without_colon(label: SafeString) -> SafeString:
    """The HTML of a label without the colon that Django appends."""
    return SafeString(label.replace(":</label>", "</label>").replace(":</legend>", "</legend>"))


@register.filter
def labelled(cells: Iterable[SafeString], headers: Iterable[dict[str, Any]]) -> list[SafeString]:
    """The cells of a row, each with the name of its column, which is shown where a row is a card.

    The link to the row and the checkbox need no label; a cell without content is marked as empty.
    """
    return [_labelled(cell, header) for cell, header in zip(cells, headers, strict=True)]


def _labelled(cell: SafeString, header: dict[str, Any]) -> SafeString:
    name = str(header["text"])
    if "action-checkbox" in cell or cell.startswith("<th"):
        return cell
    if strip_tags(cell).strip() in EMPTY and "<img" not in cell and "<input" not in cell:
        return SafeString(cell.replace("<td", "<td data-empty", 1))
    label = format_html(' data-label="{}"', name[:1].upper() + name[1:])
    return SafeString(CELL.sub(lambda found: found[0] + label, cell, count=1))
