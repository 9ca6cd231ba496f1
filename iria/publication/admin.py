"""The publication in the admin: one row that can be changed and never removed."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString

from iria.publication import menus
from iria.publication.forms import PublicationForm, shown_accent
from iria.publication.models import Publication, current_publication
from iria.publication.waiting import sentences_about


class PublicationAdmin(admin.ModelAdmin[Publication]):
    form = PublicationForm
    fieldsets = (
        (None, {"fields": ("name", "legal_name", "tagline", "about", "seen")}),
        ("Menus", {"fields": ("header_menu", "footer_menu")}),
        ("Look", {"fields": ("logo", "logo_dark", "icon", "accent", "accent_dark", "colours")}),
        ("Contact", {"fields": ("contact_words", "contact_email", "postal_address")}),
        ("Elsewhere", {"fields": ("social_links", "share_links", "issn")}),
        ("Time and language", {"fields": ("first_year", "zone", "languages")}),
        ("Pictures", {"fields": ("credit_wording",)}),
        ("Feeds", {"fields": ("whole_texts_in_feeds",)}),
        ("Front page", {"fields": ("shows_most_read",)}),
        (
            "Comments",
            {"fields": ("comments_policy", "comments_close_after", "comments_confirmed")},
        ),
    )
    readonly_fields = ("colours",)

    class Media:
        css = {"all": ["desk/publication.css"]}

    @admin.display(description="As it looks")
    def colours(self, publication: Publication) -> SafeString:
        return shown_accent(publication)

    def save_model(
        self, request: HttpRequest, obj: Publication, form: PublicationForm, change: bool
    ) -> None:
        form.put_emblems()
        menus.save(obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        publication = kwargs.get("obj")
        if publication is not None and request.method == "GET":
            for sentence in sentences_about(menus.dead(publication, menus.targets())):
                messages.warning(request, sentence)
        return super().render_change_form(request, context, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Publication | None = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        current_publication().save()
        return redirect(reverse("admin:iria_publication_change", args=[1]))
