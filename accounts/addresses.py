"""Whose e-mail address is known to be theirs."""

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.db import transaction

from accounts import names
from accounts.models import Device, User


def vouch_for(user: User) -> None:
    """Takes the account's address as confirmed: an administrator, a command or the demo made it.

    Without it the first sign-in outside the desk would ask for a code by mail. An address the account
    had before opens it no longer: codes would go to whoever holds that mailbox now. Every browser
    that was signed in is signed out, since the change may have been made because of one of them.
    """
    others = EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email)
    with transaction.atomic():
        if others.delete()[0]:
            user.sessions.all().delete()
            Device.objects.filter(user=user).delete()
        EmailAddress.objects.update_or_create(
            user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
        )


def is_confirmed(user: User) -> bool:
    """Whether the account's address is known to be theirs."""
    known = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    return bool(known.exists())


def _hold_name(email_address: EmailAddress, **signal: object) -> None:
    """A new account has its name to itself once its address is confirmed (`email_confirmed`)."""
    names.hold(email_address.user)


def connect() -> None:
    email_confirmed.connect(_hold_name, dispatch_uid="names of confirmed accounts")
