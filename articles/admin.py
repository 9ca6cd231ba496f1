"""Index for Django: registers what the rooms offer to the admin."""

from django.contrib import admin

from articles.images.admin import ImageAdmin
from articles.images.models import Image
from articles.pages.admin import PageAdmin
from articles.pages.models import Page

admin.site.register(Image, ImageAdmin)
admin.site.register(Page, PageAdmin)
