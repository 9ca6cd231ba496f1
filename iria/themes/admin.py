"""The page “Appearance” of the admin: choose a theme, and change its colours and sizes beside a preview."""

import inspect
from copy import copy
from typing import Final

from django.conf import settings
from django.contrib import admin, messages
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, resolve, reverse
from django.utils import timezone

from iria.core.admin import FRAME_POLICY
from iria.core.rendering import theme_from
from iria.publication.models import Publication, current_publication
from iria.themes.checks import theme_problems, why_unusable
from iria.themes.chosen import ChosenTheme, chosen_theme
from iria.themes.forms import AppearanceForm
from iria.themes.loader import error_key
from iria.themes.theme import SCHEMES

PAGE: Final = "iria_publication_appearance"
CHECK: Final = f"{PAGE}_check"
PREVIEW: Final = f"{PAGE}_preview"
RULES: Final = f"{PAGE}_rules"
SALT: Final = "theme preview"
MAX_AGE: Final = 3600
"""Seconds that the preview of a set of colours can be loaded."""


class AppearanceAdminMixin(admin.ModelAdmin[Publication]):
    """Adds the page to the admin of the publication."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("appearance/", wrap(self.appearance_view), name=PAGE),
            path("appearance/check/", wrap(self.check_view), name=CHECK),
            path("appearance/preview/<str:signed>/theme.css", wrap(self.rules_view), name=RULES),
            path(
                "appearance/preview/<str:signed>/<str:scheme>/",
                wrap(self.preview_view),
                name=PREVIEW,
            ),
            *super().get_urls(),
        ]

    def appearance_view(self, request: HttpRequest) -> HttpResponse:
        """GET shows the page; POST chooses a theme (`theme`), or saves colours and sizes."""
        publication = self._publication(request)
        if request.method == "POST" and "theme" in request.POST:
            return self._choose(request, publication, request.POST["theme"])
        chosen = chosen_theme(publication)
        form = AppearanceForm(chosen, request.POST if request.method == "POST" else None)
        if form.is_valid():
            changes = dict(form.changed().changes)
            publication.theme_changes = {**publication.theme_changes, chosen.theme.key: changes}
            publication.save(update_fields=["theme_changes"])
            self.log_change(request, publication, f"Changed the colours of {chosen.theme.name}.")
            messages.success(request, "The colours and sizes were saved.")
            return redirect(f"admin:{PAGE}")
        themes = [chosen_theme(publication, key) for key in settings.THEMES]
        context = {
            **self.admin_site.each_context(request),
            "title": "Appearance",
            "opts": self.opts,
            "form": form,
            "chosen": chosen,
            "gone": publication.theme if publication.theme not in {"", *settings.THEMES} else "",
            "themes": [(each, theme_problems(each), _preview_url(each)) for each in themes],
            "preview_url": _preview_url(chosen),
            "check_url": reverse(f"admin:{CHECK}"),
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(
            request, "admin/iria/publication/appearance.html", context, status=status
        )

    def _choose(self, request: HttpRequest, publication: Publication, key: str) -> HttpResponse:
        if key not in settings.THEMES:
            messages.error(request, f"There is no theme “{key}”. Choose one of the list.")
            return redirect(f"admin:{PAGE}")
        in_use, publication.theme = publication.theme, key
        publication.theme_applied_at = timezone.now()
        cache.delete(error_key(key))
        # This reads the files, and collects those that are static.
        _front_page(request, copy(publication))
        theme = chosen_theme(publication).theme
        problem = why_unusable(theme, publication.theme_applied_at)
        if problem:
            if key == in_use:
                # This process has read the changed files; the others do, too, so that pages are alike.
                publication.save(update_fields=["theme_applied_at"])
            message = f"{theme.name} was not applied. {problem.file}: {problem.message}"
            messages.error(request, message)
            return redirect(f"admin:{PAGE}")
        publication.save(update_fields=["theme", "theme_applied_at"])
        self.log_change(request, publication, f"Applied the theme {theme.name}.")
        messages.success(request, f"The site uses the theme {theme.name} now.")
        return redirect(f"admin:{PAGE}")

    def check_view(self, request: HttpRequest) -> JsonResponse:
        """For the values of the form: what is wrong with them, and the URL of a preview."""
        chosen = chosen_theme(self._publication(request))
        form = AppearanceForm(chosen, request.GET)
        form.is_valid()
        problems = [
            {"field": name, "message": message}
            for name, found in form.errors.items()
            for message in found
        ]
        return JsonResponse({"problems": problems, "preview": _preview_url(form.changed())})

    def preview_view(self, request: HttpRequest, signed: str, scheme: str) -> HttpResponse:
        """The front page with a theme and colours, for a frame: nothing on it does anything."""
        if scheme not in SCHEMES:
            raise Http404
        publication = self._publication(request)
        chosen = _previewed(signed)
        publication.theme = chosen.theme.key
        publication.theme_changes = {chosen.theme.key: chosen.changes}
        request.preview_stylesheets = (  # type: ignore[attr-defined]
            reverse(f"admin:{RULES}", args=[signed]),
            static(f"iria_admin/page-{scheme}.css"),
        )
        response = _front_page(request, publication)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response._csp_config = {**FRAME_POLICY, "img-src": settings.SECURE_CSP["img-src"]}  # type: ignore[attr-defined]
        return response

    def rules_view(self, request: HttpRequest, signed: str) -> HttpResponse:
        self._publication(request)
        rules = _previewed(signed).rules()
        headers = {"Cache-Control": f"private, max-age={MAX_AGE}"}
        return HttpResponse(rules, content_type="text/css; charset=utf-8", headers=headers)

    def _publication(self, request: HttpRequest) -> Publication:
        if not self.has_change_permission(request):
            raise PermissionDenied
        publication = current_publication()
        if publication._state.adding:
            publication.save()
        return publication


def _front_page(request: HttpRequest, publication: Publication) -> HttpResponse:
    """With the theme of this publication, which need not be saved."""
    request._publication = publication  # type: ignore[attr-defined]
    front_page = resolve("/")
    with theme_from(lambda: publication.theme_choice):
        # Without the caching of public pages: this one is for one editor.
        view = inspect.unwrap(front_page.func)
        response: HttpResponse = view(request, *front_page.args, **front_page.kwargs)
        if isinstance(response, TemplateResponse):
            response.render()
    return response


def _preview_url(chosen: ChosenTheme) -> str:
    signed = signing.dumps([chosen.theme.key, chosen.changes], salt=SALT, compress=True)
    return reverse(f"admin:{PREVIEW}", args=[signed, "light"])


def _previewed(signed: str) -> ChosenTheme:
    try:
        key, changes = signing.loads(signed, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        raise Http404 from None
    if key not in settings.THEMES:
        raise Http404
    return ChosenTheme(chosen_theme(Publication(), key).theme, changes)
