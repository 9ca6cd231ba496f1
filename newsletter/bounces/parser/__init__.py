"""Reading what comes back, as a value: bytes in, a `Report` out. No Django, no network.

`read` takes any bytes and raises nothing. What it looks at is limited, so a mail bomb costs no more
than a letter (`mime.MOST_BYTES`, `mime.DEEPEST`, `mime.MOST_PARTS`).
"""

from newsletter.bounces.parser.classifier import read
from newsletter.bounces.parser.reasons import Reason
from newsletter.bounces.parser.report import Failure, Kind, Report

__all__ = ["Failure", "Kind", "Reason", "Report", "read"]
