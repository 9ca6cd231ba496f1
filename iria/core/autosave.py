"""Saving the form of a row in the background: what `static/iria_admin/autosave.js` needs and gets.

A model has two views in its admin: `…_autosave_new` creates a row, `…_autosave` changes one. Their answers are JSON: 200
with the new version, 400 with what is wrong, 404 if the row was deleted, and 409 if it was saved since it was opened.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse


def admin_url(model: type[Model], view: str, pk: int | None = None) -> str:
    """The URL of a view of the admin, with `_new` for a row that is not saved yet."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}"
    return reverse(name, args=[pk]) if pk else reverse(f"{name}_new")


def page_context(
    request: HttpRequest, model: type[Model], pk: int | None, *, prefix: str = ""
) -> dict[str, str]:
    """The values of `admin/_save_state.html`; the prefix tells the copies of several models apart."""
    return {
        "autosave_url": admin_url(model, "autosave", pk),
        "new_autosave_url": admin_url(model, "autosave"),
        "copy_key": f"{prefix}{request.user.pk}:{pk or 'new'}",
    }


def token(request: HttpRequest) -> JsonResponse:
    """The answer to a GET, for a page that was opened before its user signed in again."""
    return JsonResponse({"csrf_token": get_token(request)})


def saved(
    row: Model, version: object, errors: Mapping[str, list[str]], **more: Any
) -> JsonResponse:
    """The row was saved, except the fields with errors."""
    model = type(row)
    urls = {
        "url": admin_url(model, "change", row.pk),
        "autosave_url": admin_url(model, "autosave", row.pk),
    }
    return JsonResponse({"id": row.pk, "version": version, "errors": errors, **urls, **more})


def deleted(message: str) -> JsonResponse:
    return JsonResponse({"message": f"{message} Your text is kept in this browser."}, status=404)


def conflict(model: type[Model], pk: int, version: object, message: str) -> JsonResponse:
    """The script sends the version if the editor decides to overwrite it."""
    answer = {"message": message, "version": version, "url": admin_url(model, "change", pk)}
    return JsonResponse(answer, status=409)
