"""What images and files have in common: other packages report where they are used."""

from collections.abc import Callable
from typing import ClassVar

from django.db import models
from django.urls import reverse

from iria.core.hooks import Hook, ImageUsage


class LibraryRow(models.Model):
    """A row of a library; `usages` is the hook that reports its uses."""

    usages: ClassVar[Hook[Callable[[int], list[ImageUsage]]]]

    class Meta:
        abstract = True

    @property
    def change_url(self) -> str:
        return reverse(f"admin:articles_{self._meta.model_name}_change", args=[self.pk])
