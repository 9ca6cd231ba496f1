"""What came back of one issue, by reason and domain."""

from typing import Any, Final

from django.db.models import Count

from newsletter.models import Bounce, Issue

MOST_ROWS: Final = 20


def returned_of(issue: Issue) -> dict[str, Any]:
    """How much came back, and the reasons and domains with most of it first; one question in all."""
    came = Bounce.objects.filter(delivery__issue=issue).values("kind", "reason", "domain")
    rows = list(came.annotate(count=Count("pk")).order_by("-count", "reason", "domain"))
    kinds = {kind: sum(row["count"] for row in rows if row["kind"] == kind) for kind in Bounce.Kind}
    complained = Bounce.Kind.COMPLAINT
    named = [
        {**row, "said": complained.label if row["kind"] == complained else row["reason"]}
        for row in rows[:MOST_ROWS]
    ]
    return {
        "all": sum(kinds.values()),
        "hard": kinds[Bounce.Kind.HARD],
        "soft": kinds[Bounce.Kind.SOFT],
        "complaints": kinds[Bounce.Kind.COMPLAINT],
        "rows": named,
    }
