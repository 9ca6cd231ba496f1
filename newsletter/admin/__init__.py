"""Registers the newsletter models in the admin."""

from django.contrib import admin

from newsletter.admin.deliveries import DeliveryAdmin, SendingLimitAdmin
from newsletter.admin.digests import DigestAdmin, DigestRuleAdmin
from newsletter.admin.imports import ExportAdmin, ImportAdmin
from newsletter.admin.issues import IssueAdmin
from newsletter.admin.subscribers import (
    BounceAdmin,
    NewsletterAdmin,
    SubscriberAdmin,
    SuppressionAdmin,
)
from newsletter.models import (
    Bounce,
    Delivery,
    Digest,
    DigestRule,
    Issue,
    Newsletter,
    SendingLimit,
    Subscriber,
    SubscriberExport,
    SubscriberImport,
    Suppression,
)

admin.site.register(Issue, IssueAdmin)
admin.site.register(Digest, DigestAdmin)
admin.site.register(DigestRule, DigestRuleAdmin)
admin.site.register(Delivery, DeliveryAdmin)
admin.site.register(SendingLimit, SendingLimitAdmin)
admin.site.register(Subscriber, SubscriberAdmin)
admin.site.register(Newsletter, NewsletterAdmin)
admin.site.register(Bounce, BounceAdmin)
admin.site.register(Suppression, SuppressionAdmin)
admin.site.register(SubscriberImport, ImportAdmin)
admin.site.register(SubscriberExport, ExportAdmin)
