"""Whose e-mail address is known to be theirs."""

from allauth.account.models import EmailAddress

from accounts.models import User


def vouch_for(user: User) -> None:
    """Takes the account's address as confirmed: an administrator, a command or the demo made it.

    Without it the first sign-in outside the desk would ask for a code by mail.
    """
    EmailAddress.objects.filter(user=user, primary=True).exclude(email=user.email).update(
        primary=False
    )
    EmailAddress.objects.update_or_create(
        user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
    )


def is_confirmed(user: User) -> bool:
    """Whether the account's address is known to be theirs."""
    known = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    return bool(known.exists())
