"""Index for Django: registers what the rooms offer to the admin."""

from django.contrib import admin

from articles.comments.admin import CommentAdmin, ModerationAdmin
from articles.comments.models import Comment, Moderation
from articles.images.admin import ImageAdmin
from articles.images.models import Image
from articles.pages.admin import PageAdmin
from articles.pages.models import Page

admin.site.register(Comment, CommentAdmin)
admin.site.register(Moderation, ModerationAdmin)
admin.site.register(Image, ImageAdmin)
admin.site.register(Page, PageAdmin)
