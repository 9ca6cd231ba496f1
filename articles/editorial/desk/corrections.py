"""Corrections below the form of a published article."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from articles.editorial.models import Article, Correction


class CorrectionInline(admin.StackedInline[Correction, Article]):
    """New ones can be added; what was told to readers once stays as it was."""

    model = Correction
    fields = ["text"]
    extra = 0
    min_num = 0
    verbose_name = "correction"
    verbose_name_plural = "Corrections"

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "text":
            kwargs["widget"] = forms.Textarea({"rows": 2})
        return super().formfield_for_dbfield(db_field, request, **kwargs)
