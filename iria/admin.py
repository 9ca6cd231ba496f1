"""Registers models with the admin."""

from django.contrib import admin

from iria.publication.admin import PublicationAdmin
from iria.publication.models import Publication

admin.site.register(Publication, PublicationAdmin)
