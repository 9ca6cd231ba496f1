"""Which release answers: pages made by another one must not count as unchanged."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

MAKING_PAGES: Final = {
    "templates": ("*.html", "*.xml", "*.txt"),
    "iria": ("*.py", "*.mo"),
    "accounts": ("*.py",),
    "articles": ("*.py",),
    "newsletter": ("*.py",),
    "static": ("*",),
}
"""Folder → the files in it that an answer is made from."""


@cache
def release() -> str:
    """A digest of all code, templates and static files, and of the address the site is known by.

    Made from the bytes and not from a version number, so that a change made in place counts, and
    two machines with the same files agree.
    """
    digest = hashlib.blake2b(settings.SITE_URL.encode(), digest_size=12)
    base = Path(settings.BASE_DIR)
    for folder, patterns in MAKING_PAGES.items():
        found = {path for pattern in patterns for path in (base / folder).rglob(pattern)}
        for path in sorted(found):
            if path.is_file():
                digest.update(str(path.relative_to(base)).encode())
                digest.update(hashlib.blake2b(path.read_bytes()).digest())
    return digest.hexdigest()
