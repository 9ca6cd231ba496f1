"""The admin form for the slots of a page.

There is one form page for every page with slots.
"""

import hashlib
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from articles.editorial.admin.fields import (
    ArticleChooserField,
    MomentField,
    article_label,
    offers_of,
)
from articles.editorial.models import Article, Category
from articles.public.front_page.layout import Choices, build_layout
from articles.public.front_page.models import Placement, SectionPattern
from articles.public.front_page.slots import (
    OFFERS,
    PageLayout,
    Slot,
    SlotChoice,
    SlotGroup,
    found_articles,
    front_page_layout_of,
    lock_placements,
    save_front_page,
    save_section_lead,
    section_page_layout,
)
from articles.public.navigation import front_page_url
from articles.public.responses import private
from articles.public.views.listings import popular_on_front, render_front_page
from iria.core.admin import NoAddOrDelete
from iria.core.text.languages import native_name
from iria.publication.context_processors import publication_of

UNTIL_SUFFIX = "-until"
PREVIEW = "_preview"

FormSlot = tuple[Slot, BoundField, BoundField]
"""A slot with its fields for the article and the expiry time."""


class FrontPageForm(forms.Form):
    """A field for the article of every slot, and one for its expiry time."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, page: PageLayout, data: Any = None) -> None:
        super().__init__(data, initial={"seen": change_token(page)})
        self.page = page
        for slot in page.slots:
            number = f"{slot.position + 1}"
            self.fields[slot.name] = ArticleChooserField(
                page.articles,
                offers=OFFERS,
                label=f"Article for slot {number}",
                initial=slot.placement.article if slot.placement else None,
            )
            self.fields[slot.name + UNTIL_SUFFIX] = MomentField(
                label="Until", required=False, initial=slot.expires_at
            )
        for part in page.parts:
            if part.chosen_pattern is not None:
                self.fields[part.pattern_name] = forms.ChoiceField(
                    choices=[("", "Automatic"), *SectionPattern.Pattern.choices],
                    required=False,
                    label="Pattern",
                    initial=part.chosen_pattern,
                )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        seen_ids: set[int] = set()
        for slot in self.page.slots:
            article, until = values.get(slot.name), values.get(slot.name + UNTIL_SUFFIX)
            self._check(slot, article, until, seen_ids)
        if not self.errors and values.get("seen") != change_token(self.page):
            self.data = {**dict(self.data.items()), "seen": change_token(self.page)}
            raise ValidationError(
                "Someone else changed this page after you opened it. The current articles are shown beside your choices. Save again to replace them.",
                code="stale",
            )
        return values

    def _check(
        self, slot: Slot, article: Article | None, until: datetime | None, seen_ids: set[int]
    ) -> None:
        if article is not None and article.pk in seen_ids:
            message = "This article is already in another slot. Clear one of the two."
            self.add_error(slot.name, message)
        elif article is not None:
            seen_ids.add(article.pk)
        if until is not None and article is None and slot.name not in self.errors:
            self.add_error(slot.name, "Choose an article for this slot, or clear the time.")
        if until is not None and until <= timezone.now() and until != slot.expires_at:
            self.add_error(
                slot.name + UNTIL_SUFFIX,
                "This time is in the past. Choose a later one or leave it empty.",
            )

    @property
    def choices(self) -> list[SlotChoice]:
        """The choices of a valid form."""
        return [
            SlotChoice(
                slot.slot,
                slot.category_id,
                slot.position,
                article.pk,
                self.cleaned_data.get(slot.name + UNTIL_SUFFIX),
            )
            for slot in self.page.slots
            if (article := self.cleaned_data.get(slot.name)) is not None
        ]

    @property
    def patterns(self) -> dict[int, str]:
        """The patterns of a valid form that are not automatic, by the id of the category."""
        return {
            part.category.pk: pattern
            for part in self.page.parts
            if part.category and (pattern := self.cleaned_data.get(part.pattern_name))
        }

    @property
    def rows(self) -> list[tuple[SlotGroup, BoundField | None, list[FormSlot]]]:
        """Each group of slots, the field for its pattern, if it has one, and its slots."""
        return [
            (
                part,
                self[part.pattern_name] if part.chosen_pattern is not None else None,
                [(slot, self[slot.name], self[slot.name + UNTIL_SUFFIX]) for slot in part.slots],
            )
            for part in self.page.parts
        ]


def change_token(page: PageLayout) -> str:
    """A hash of the current choices, to detect edit conflicts."""
    placement = [
        f"{slot.name}:{slot.placement.article_id}:{slot.expires_at}"
        for slot in page.slots
        if slot.placement
    ]
    placement += [f"{part.pattern_name}:{part.chosen_pattern}" for part in page.parts]
    return hashlib.blake2b("|".join(placement).encode(), digest_size=8).hexdigest()


class PlacementAdmin(NoAddOrDelete, admin.ModelAdmin[Placement]):
    """There is no list of rows: a page is shown with a field for every slot."""

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("admin:articles_placement_changelist")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._respond(request)
        if not self.has_change_permission(request):
            raise PermissionDenied
        with transaction.atomic():
            if PREVIEW not in request.POST:
                # Before the form looks for changes by others, which may be about to be saved.
                lock_placements()
            return self._respond(request)

    def _respond(self, request: HttpRequest) -> HttpResponse:
        page = _page_layout(request)
        if page is None:
            return redirect("admin:articles_placement_changelist")
        form = FrontPageForm(page, request.POST if request.method == "POST" else None)
        if form.is_valid():
            return (self._preview if PREVIEW in request.POST else self._save)(request, page, form)
        return self._page(request, page, form)

    def _save(self, request: HttpRequest, page: PageLayout, form: FrontPageForm) -> HttpResponse:
        by: Any = request.user
        if page.category is None:
            save_front_page(page.language, form.choices, by=by, patterns=form.patterns)
        else:
            save_section_lead(page.category, next(iter(form.choices), None), by=by)
        self.message_user(request, "Page saved.", messages.SUCCESS)
        return redirect(request.get_full_path())

    def _preview(self, request: HttpRequest, page: PageLayout, form: FrontPageForm) -> HttpResponse:
        """The front page with the choices of the form, which are not saved."""
        chosen = Choices(patterns=form.patterns)
        for each in form.choices:
            chosen.add(each.slot, each.category_id, each.position, each.article_id)
        codes = publication_of(request).language_codes
        popular = popular_on_front(request, page.language)
        layout = build_layout(page.articles, page.language, codes, chosen, popular)
        return private(render_front_page(request, page.language, layout))

    def _page(self, request: HttpRequest, page: PageLayout, form: FrontPageForm) -> HttpResponse:
        publication = publication_of(request)
        words = request.GET.get("q", "")[:200]
        context = {
            **self.admin_site.each_context(request),
            "title": page.title,
            "opts": self.opts,
            "page": page,
            "form": form,
            "offers": offers_of(page.articles),
            "offers_name": OFFERS,
            "found": [
                (article, article_label(article), page.place_of(article))
                for article in found_articles(page, words)
            ],
            "words": words,
            "page_query": [
                (name, request.GET[name]) for name in ("front", "section") if name in request.GET
            ],
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
        js = [forms.Script("iria_admin/front-page.js", type="module")]


def _page_layout(request: HttpRequest) -> PageLayout | None:
    """The page in `?front=fr` or `?section=asia-pacific`; by default the first front page."""
    if path := request.GET.get("section"):
        category = Category.objects.filter(path=path).first() if "\x00" not in path else None
        return section_page_layout(category) if category else None
    publication = publication_of(request)
    code = request.GET.get("front") or publication.language_codes[0]
    if code not in publication.language_codes:
        return None
    return front_page_layout_of(
        publication, code, native_name(code), front_page_url(code, publication)
    )
