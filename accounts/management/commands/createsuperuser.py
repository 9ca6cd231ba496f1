"""Django's command; the e-mail address counts as confirmed."""

from typing import Any

from django.contrib.auth.management.commands.createsuperuser import Command as DjangoCommand

from accounts import email_addresses
from accounts.models import User


class Command(DjangoCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        before = set(User.objects.filter(is_superuser=True).values_list("pk", flat=True))
        super().handle(*args, **options)
        # A code by e-mail would lock out the administrator of a site that sends no e-mails yet.
        for user in User.objects.filter(is_superuser=True).exclude(pk__in=before):
            email_addresses.mark_confirmed(user)
