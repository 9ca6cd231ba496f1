"""What the layout of every mail needs, and its rules written into its elements."""

import re
from typing import Any, Final

import css_inline
from django.conf import settings

from iria.publication.letters.looks import logos_of
from iria.publication.models import Publication

RULES_FIRST: Final = re.compile(
    r"(<!DOCTYPE html><html[^>]*><head>)(<style>.*?</style>)", re.DOTALL
)


def surroundings(publication: Publication, language: str, direction: str) -> dict[str, Any]:
    """What the layout of every mail needs."""
    return {
        "publication": publication,
        "logos": logos_of(publication),
        "site_url": settings.SITE_URL,
        "language": language,
        "direction": direction,
    }


def inlined(html: str) -> str:
    """HTML with the rules of its `style` element written into the elements they meet."""
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    written = inliner.inline(html)
    # The rules for dark and narrow screens come out first in the head, before the encoding is said.
    rules = RULES_FIRST.match(written)
    if rules is None:
        return written
    return written.replace(rules[2], "", 1).replace("</head>", f"{rules[2]}</head>", 1)
