"""Registers models with the admin."""

from django.contrib import admin

from iria.publication.admin import PublicationAdmin
from iria.publication.models import Publication
from iria.themes.admin import AppearanceAdminMixin


class PublicationAndAppearanceAdmin(AppearanceAdminMixin, PublicationAdmin):
    """The settings of the publication, and its theme."""


admin.site.register(Publication, PublicationAndAppearanceAdmin)
