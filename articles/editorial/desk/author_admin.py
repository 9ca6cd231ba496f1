"""Authors on the desk: what this room adds to the form that accounts offer.

Accounts know neither pictures nor bylines; the index puts this before their class.
"""

from typing import Any

from articles.editorial import bylining
from articles.editorial.desk.merge import MergesRows
from articles.editorial.desk.others import PortraitInline


class WithPortraitAndMerging(MergesRows):
    merge_verb = staticmethod(bylining.merge)
    readonly_fields = ("what_moves",)
    inlines: tuple[type[Any], ...] = (PortraitInline,)
