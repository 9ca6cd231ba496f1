"""Index for Django: the models of the project package."""

from iria.kit.changes import Change
from iria.kit.daily import DailyKey
from iria.kit.marks import Mark
from iria.kit.ratelimit import RateCount
from iria.publication.models import Emblem, Publication

__all__ = ["Change", "DailyKey", "Emblem", "Mark", "Publication", "RateCount"]
