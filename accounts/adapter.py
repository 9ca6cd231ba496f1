"""Where allauth meets our accounts."""

from allauth.account.adapter import DefaultAccountAdapter

from accounts.models import User


def display_name(user: User) -> str:
    """The name allauth writes in mails and messages."""
    return user.public_name


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's defaults, with our own people."""
