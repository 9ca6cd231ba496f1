"""Models of the project package, for Django's app registry."""

from iria.core.db.history import (
    BackupRun,
    ImportChunk,
    ImportedItem,
    ImportReportPage,
    ImportRun,
    RowOrigin,
)
from iria.core.http.cache_versions import CacheVersion
from iria.core.security import DailyKey, RateCount
from iria.publication.models import BrandImage, Publication

__all__ = [
    "BackupRun",
    "BrandImage",
    "CacheVersion",
    "DailyKey",
    "ImportChunk",
    "ImportReportPage",
    "ImportRun",
    "ImportedItem",
    "Publication",
    "RateCount",
    "RowOrigin",
]
