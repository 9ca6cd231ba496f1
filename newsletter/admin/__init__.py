"""Index for Django: the newsletter on the desk."""

from django.contrib import admin

from newsletter.admin.deliveries import DeliveryAdmin
from newsletter.admin.issues import IssueAdmin
from newsletter.admin.subscribers import NewsletterAdmin, SubscriberAdmin
from newsletter.models import Delivery, Issue, Newsletter, Subscriber

admin.site.register(Issue, IssueAdmin)
admin.site.register(Delivery, DeliveryAdmin)
admin.site.register(Subscriber, SubscriberAdmin)
admin.site.register(Newsletter, NewsletterAdmin)
