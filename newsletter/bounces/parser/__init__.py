"""Parses bounce messages: bytes in, a `Report` out. No Django, no network.

`read` accepts any bytes and never raises. What it reads is limited (`mime.MAX_BYTES`, `mime.MAX_DEPTH`,
`mime.MAX_PARTS`).
"""

from newsletter.bounces.parser.classifier import read
from newsletter.bounces.parser.report import Failure, Kind, Reason, Report

__all__ = ["Failure", "Kind", "Reason", "Report", "read"]
