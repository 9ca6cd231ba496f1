"""An article that stands near another one, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Neighbour:
    article_id: int
    score: float
    parts: Mapping[str, float]
    """What each part of the score gave, weighed."""

    reasons: Mapping[str, Any] = field(default_factory=dict)
    """What the two share, in names."""
