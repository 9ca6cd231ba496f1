"""What images and files have in common: other packages report where they are used."""

from collections.abc import Callable
from typing import ClassVar

from django.db import models

from iria.core.hooks import Hook, ImageUsage


class LibraryRow(models.Model):
    """A row of a library; `usages` is the hook that reports its uses."""

    usages: ClassVar[Hook[Callable[[int], list[ImageUsage]]]]

    class Meta:
        abstract = True
