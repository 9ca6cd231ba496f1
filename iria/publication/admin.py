"""The publication in the admin: one row that can be changed and never removed."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from iria.publication.models import Publication, current_publication


class PublicationAdmin(admin.ModelAdmin[Publication]):
    fieldsets = (
        (None, {"fields": ("name", "legal_name", "tagline", "about")}),
        ("Contact", {"fields": ("contact_words", "contact_email", "postal_address")}),
        ("Time and language", {"fields": ("first_year", "zone", "languages")}),
        ("Pictures", {"fields": ("credit_wording",)}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Publication | None = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        current_publication().save()
        return redirect(reverse("admin:iria_publication_change", args=[1]))
