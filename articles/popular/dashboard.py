"""What is read most, for the first page of the desk."""

from typing import Final

from accounts.models import User
from articles.popular.most_read import read_most
from iria.core.hooks import Report, ReportLine

LINES: Final = 8


def most_read(user: User) -> Report | None:
    """The last seven days, for whoever works on articles; nothing while nothing was counted."""
    if not user.has_perm("articles.view_article"):
        return None
    lines = [
        ReportLine(
            article.headline,
            "1 view" if article.views == 1 else f"opened {article.views:,} times",  # type: ignore[attr-defined]
            article.get_absolute_url(),
        )
        for article in read_most()[:LINES]
    ]
    return Report("Most read in the last 7 days", lines) if lines else None
