"""One clear page for every page that can be composed."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from articles.editorial.desk.named_article import offers_of
from articles.editorial.models import Category
from articles.reading import placing
from articles.reading.desk.form import ComposingForm
from articles.reading.desk.spots import OFFERS, Sheet, front_sheet, section_sheet
from articles.reading.models import Placement
from articles.reading.navigation import front_address
from iria.kit.speaking import own_name
from iria.publication.context import publication_of


class PlacementAdmin(admin.ModelAdmin[Placement]):
    """There is no list of rows: a page is shown as it stands, with a field at every place."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Placement | None = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("admin:articles_placement_changelist")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        sheet = _sheet(request)
        if sheet is None:
            return redirect("admin:articles_placement_changelist")
        form = ComposingForm(sheet, request.POST if request.method == "POST" else None)
        if request.method == "POST":
            if not self.has_change_permission(request):
                raise PermissionDenied
            if form.is_valid():
                return self._keep(request, sheet, form)
        return self._page(request, sheet, form)

    def _keep(self, request: HttpRequest, sheet: Sheet, form: ComposingForm) -> HttpResponse:
        by: Any = request.user
        if sheet.category is None:
            placing.compose_front(sheet.language, form.wishes, by=by)
        else:
            placing.lead_section(sheet.category, next(iter(form.wishes), None), by=by)
        self.message_user(request, "The page is as you composed it.", messages.SUCCESS)
        return redirect(request.get_full_path())

    def _page(self, request: HttpRequest, sheet: Sheet, form: ComposingForm) -> HttpResponse:
        publication = publication_of(request)
        context = {
            **self.admin_site.each_context(request),
            "title": sheet.title,
            "opts": self.opts,
            "sheet": sheet,
            "form": form,
            "offers": offers_of(sheet.articles),
            "offers_name": OFFERS,
            "zone": publication.zone,
            "fronts": [(code, own_name(code)) for code in publication.language_codes],
            "sections": Category.objects.in_order().only("name", "path"),
            "may_change": self.has_change_permission(request),
            "media": self.media,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(
            request, "admin/articles/placement/compose.html", context, status=status
        )

    class Media:
        css = {"all": ["desk/composing.css"]}


def _sheet(request: HttpRequest) -> Sheet | None:
    """The page that `?front=fr` or `?section=asia-pacific` names; the first front page by itself."""
    if path := request.GET.get("section"):
        category = Category.objects.filter(path=path).first() if "\x00" not in path else None
        return section_sheet(category) if category else None
    publication = publication_of(request)
    code = request.GET.get("front") or publication.language_codes[0]
    if code not in publication.language_codes:
        return None
    return front_sheet(publication, code, own_name(code), front_address(code, publication))
