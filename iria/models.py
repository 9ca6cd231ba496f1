"""Models of the project package, for Django's app registry."""

from iria.core.http.cache_versions import CacheVersion
from iria.core.security import DailyKey, RateCount
from iria.publication.models import BrandImage, Publication

__all__ = ["BrandImage", "CacheVersion", "DailyKey", "Publication", "RateCount"]
