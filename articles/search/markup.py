"""The choices of a facet as markup: some thirty links on a page, for which a template takes long."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.html import escape
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from articles.search.facets import Choice


def choices_markup(choices: "Sequence[Choice]") -> SafeString:
    """A list of links, each with how many articles would be left; nothing for no choice."""
    if not choices:
        return SafeString("")
    items = "".join(
        f'<li><a href="{escape(choice.address)}" rel="nofollow">{escape(choice.name)}</a>'
        f' <span class="count">{choice.count}</span></li>'
        for choice in choices
    )
    # Names and addresses were escaped, the rest is ours.
    return SafeString(f'<ul role="list">{items}</ul>')
