"""Models of the project package, for Django's app registry."""

from iria.core.db.backup_runs import BackupRun
from iria.core.db.import_runs import ImportChunk, ImportReportPage, ImportRun
from iria.core.db.imported_items import ImportedItem
from iria.core.db.row_origins import RowOrigin
from iria.core.http.cache_versions import CacheVersion
from iria.core.http.rate_limit import RateCount
from iria.core.security.daily_key import DailyKey
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
