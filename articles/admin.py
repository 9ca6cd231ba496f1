"""Index for Django: registers what the rooms offer to the admin."""

from django.contrib import admin

from articles.images.admin import ImageAdmin
from articles.images.models import Image

admin.site.register(Image, ImageAdmin)
