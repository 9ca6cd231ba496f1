"""The form in which a page is composed.

One clear page for every page that can be composed.
"""

import hashlib
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from articles.editorial.admin.article_chooser_field import NamedArticleField, offers_of
from articles.editorial.admin.fields import MomentField
from articles.editorial.models import Article, Category
from articles.public.front_page import layout
from articles.public.front_page.layout import SlotChoice
from articles.public.front_page.models import Placement
from articles.public.front_page.slots import (
    OFFERS,
    PageLayout,
    Slot,
    SlotGroup,
    front_sheet,
    section_sheet,
)
from articles.public.navigation import front_address
from iria.core.text.language import native_name
from iria.publication.context_processors import publication_of

UNTIL = "-until"


class FrontPageForm(forms.Form):
    """A field for every spot, and one for the time until which it is to stand there."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, sheet: PageLayout, data: Any = None) -> None:
        super().__init__(data, initial={"seen": state_of(sheet)})
        self.sheet = sheet
        for spot in sheet.spots:
            number = f"{spot.position + 1}"
            self.fields[spot.name] = NamedArticleField(
                sheet.articles,
                offers=OFFERS,
                label=f"Article for place {number}",
                initial=spot.placed.article if spot.placed else None,
            )
            self.fields[spot.name + UNTIL] = MomentField(
                label="Until", required=False, initial=spot.until
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        met: set[int] = set()
        for spot in self.sheet.spots:
            article, until = values.get(spot.name), values.get(spot.name + UNTIL)
            self._check(spot, article, until, met)
        if not self.errors and values.get("seen") != state_of(self.sheet):
            self.data = {**dict(self.data.items()), "seen": state_of(self.sheet)}
            sentence = (
                "Somebody else changed this page after you opened it; what stands there now is shown "
                "beside your choices. Saving again puts yours in its place."
            )
            raise ValidationError(sentence, code="stale")
        return values

    def _check(
        self, spot: Slot, article: Article | None, until: datetime | None, met: set[int]
    ) -> None:
        if article is not None and article.pk in met:
            sentence = (
                "This article has another place on the page already; leave one of them empty."
            )
            self.add_error(spot.name, sentence)
        elif article is not None:
            met.add(article.pk)
        if until is not None and article is None and spot.name not in self.errors:
            self.add_error(spot.name, "Say which article is to stand here until then.")
        if until is not None and until <= timezone.now() and until != spot.until:
            self.add_error(spot.name + UNTIL, "This time is over; choose a later one, or none.")

    @property
    def wishes(self) -> list[SlotChoice]:
        """What the editor wants, of a form that is valid."""
        return [
            SlotChoice(
                spot.place,
                spot.category_id,
                spot.position,
                article.pk,
                self.cleaned_data.get(spot.name + UNTIL),
            )
            for spot in self.sheet.spots
            if (article := self.cleaned_data.get(spot.name)) is not None
        ]

    @property
    def rows(self) -> list[tuple[SlotGroup, bool, list[tuple[Slot, BoundField, BoundField]]]]:
        """Each part, whether it stands open, and its spots with their two fields."""
        found = []
        for part in self.sheet.parts:
            spots = [(spot, self[spot.name], self[spot.name + UNTIL]) for spot in part.spots]
            wrong = any(field.errors or until.errors for _spot, field, until in spots)
            found.append(
                (part, wrong or part.category is None or part.manual_placements > 0, spots)
            )
        return found


def state_of(sheet: PageLayout) -> str:
    """A short name for what editors have placed; it changes when anybody places something else."""
    placed = [
        f"{spot.name}:{spot.placed.article_id}:{spot.until}" for spot in sheet.spots if spot.placed
    ]
    return hashlib.blake2b("|".join(placed).encode(), digest_size=8).hexdigest()


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
        form = FrontPageForm(sheet, request.POST if request.method == "POST" else None)
        if request.method == "POST":
            if not self.has_change_permission(request):
                raise PermissionDenied
            if form.is_valid():
                return self._keep(request, sheet, form)
        return self._page(request, sheet, form)

    def _keep(self, request: HttpRequest, sheet: PageLayout, form: FrontPageForm) -> HttpResponse:
        by: Any = request.user
        if sheet.category is None:
            layout.compose_front(sheet.language, form.wishes, by=by)
        else:
            layout.lead_section(sheet.category, next(iter(form.wishes), None), by=by)
        self.message_user(request, "The page is as you composed it.", messages.SUCCESS)
        return redirect(request.get_full_path())

    def _page(self, request: HttpRequest, sheet: PageLayout, form: FrontPageForm) -> HttpResponse:
        publication = publication_of(request)
        context = {
            **self.admin_site.each_context(request),
            "title": sheet.title,
            "opts": self.opts,
            "sheet": sheet,
            "form": form,
            "offers": offers_of(sheet.articles),
            "offers_name": OFFERS,
            "zone": publication.time_zone,
            "fronts": [(code, native_name(code)) for code in publication.language_codes],
            "sections": Category.objects.in_order().only("name", "path"),
            "may_change": self.has_change_permission(request),
            "media": self.media,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(
            request, "admin/articles/placement/compose.html", context, status=status
        )

    class Media:
        css = {"all": ["iria_admin/front-page.css"]}


def _sheet(request: HttpRequest) -> PageLayout | None:
    """The page that `?front=fr` or `?section=asia-pacific` names; the first front page by itself."""
    if path := request.GET.get("section"):
        category = Category.objects.filter(path=path).first() if "\x00" not in path else None
        return section_sheet(category) if category else None
    publication = publication_of(request)
    code = request.GET.get("front") or publication.language_codes[0]
    if code not in publication.language_codes:
        return None
    return front_sheet(publication, code, native_name(code), front_address(code, publication))
