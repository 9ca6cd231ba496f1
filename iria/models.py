"""Index for Django: the models of the project package."""

from iria.core.db.row_origins import Mark
from iria.core.http.cache_versions import Change
from iria.core.http.rate_limit import RateCount
from iria.core.security.daily_key import DailyKey
from iria.publication.models import Emblem, Publication

__all__ = ["Change", "DailyKey", "Emblem", "Mark", "Publication", "RateCount"]
