"""How often the links of an issue were opened, where the newsletter counts: numbers, of nobody.

The links in the HTML lead through an address of ours that bears the issue and the number of the
link, and nothing of the reader; the text part keeps the true addresses. Programs that look through
mail open links too, so the numbers say more than readers did.
"""

import re
from dataclasses import replace
from html import escape, unescape
from re import Match
from typing import Final

from django.db.models import F

from newsletter.letter.composing import TOKEN, Letter, site_address
from newsletter.models import Issue, IssueLink

HREF: Final = re.compile(r'(<a\b[^>]*?\bhref=")(https?://[^"]+)(")')


def counted(issue: Issue, letter: Letter) -> Letter:
    """The letter with each link of its HTML leading through the count; those to leave do not."""
    numbers: dict[str, int] = {}

    def through(found: Match[str]) -> str:
        address = unescape(found[2])
        if TOKEN in address:
            return found[0]
        number = numbers.setdefault(address, len(numbers) + 1)
        own = site_address("newsletter_link", str(issue.pk), str(number))
        return f"{found[1]}{escape(own)}{found[3]}"

    html = HREF.sub(through, letter.html)
    issue.links.all().delete()
    IssueLink.objects.bulk_create(
        IssueLink(issue=issue, number=number, address=address)
        for address, number in numbers.items()
    )
    return replace(letter, html=html)


def open_link(issue_id: int, number: int) -> str:
    """Counts one opening; returns where the link leads, nothing where there is none."""
    links = IssueLink.objects.filter(issue_id=issue_id, number=number)
    links.update(opened=F("opened") + 1)
    return links.values_list("address", flat=True).first() or ""
