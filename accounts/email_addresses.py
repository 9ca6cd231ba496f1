"""Confirmed e-mail addresses, and changing the e-mail address of an account.

A change needs a code from the old and one from the new mailbox, so neither an open browser nor a mistyped
address is enough to take over an account. The pending change is in the session, for an hour.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta
from hmac import compare_digest
from time import time
from typing import Final

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext

from accounts import profiles
from accounts.models import Device, User
from iria.core.security import count_and_allow


def mark_confirmed(user: User) -> None:
    """Marks the account's e-mail address as confirmed, after an administrator or a command has set it.

    Otherwise the first sign-in would require a code by e-mail. A former address of the account is removed,
    since codes would go to its new owner. In that case all sessions end, because one of them may be the
    reason for the change.
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
    """Whether the account's e-mail address is confirmed."""
    known = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    return bool(known.exists())


def _reserve_name(email_address: EmailAddress, **signal: object) -> None:
    """On `email_confirmed`: only now a new account reserves its name."""
    profiles.reserve_name(email_address.user)


def register() -> None:
    email_confirmed.connect(_reserve_name, dispatch_uid="names of confirmed accounts")


SESSION_KEY: Final = "address_change"
VALID_FOR: Final = timedelta(hours=1)
MAX_ATTEMPTS: Final = 5
RATE_LIMIT: Final = (6, timedelta(hours=1))


class EmailChangeFailed(Exception):
    """Nothing was changed; the message is for the user."""


class NoPendingChange(EmailChangeFailed):
    """Nothing is pending: confirmed, cancelled, expired or too many attempts."""


@dataclass(slots=True)
class EmailChange:
    """A pending change."""

    old: str
    new: str
    old_code: str
    new_code: str
    """Empty if the new address already has an account: then no code is right, and only its owner is
    notified."""
    begun: float
    tries: int = 0


def pending_change(request: HttpRequest, user: User) -> EmailChange | None:
    """The pending change of this session, unless it has expired or the address has changed since."""
    data = request.session.get(SESSION_KEY)
    if not data:
        return None
    change = EmailChange(**data)
    is_fresh = 0 <= time() - change.begun < VALID_FOR.total_seconds()
    if not is_fresh or change.old != user.email or change.tries >= MAX_ATTEMPTS:
        cancel_change(request)
        return None
    return change


def start_change(request: HttpRequest, user: User, new: str) -> EmailChange:
    """Sends a code to both e-mail addresses.

    Raises:
        EmailChangeFailed
    """
    limit, per = RATE_LIMIT
    if not count_and_allow("change of address", f"account {user.pk}", limit=limit, per=per):
        raise EmailChangeFailed(gettext("Too many attempts. Try again in an hour."))
    adapter = get_adapter()
    is_taken = User.objects.with_email(new).exclude(pk=user.pk).exists()
    change = EmailChange(
        old=user.email,
        new=new,
        old_code=adapter.generate_email_verification_code(),
        new_code="" if is_taken else adapter.generate_email_verification_code(),
        begun=time(),
    )
    request.session[SESSION_KEY] = asdict(change)
    context = {"code": change.old_code, "new": new}
    adapter.send_mail("account/email/address_leaving", change.old, context)
    if is_taken:
        adapter.send_account_already_exists_mail(new)
    else:
        adapter.send_mail("account/email/email_confirmation", new, {"code": change.new_code})
    return change


def confirm_change(request: HttpRequest, user: User, *, old_code: str, new_code: str) -> None:
    """Changes the e-mail address of the account.

    Raises:
        NoPendingChange
        EmailChangeFailed: a code is wrong. Not which one, so that nobody can guess them one by one.
    """
    change = pending_change(request, user)
    if change is None:
        raise NoPendingChange(gettext("These codes were used or have expired. Start again."))
    codes_match = _codes_match(old_code, change.old_code) & _codes_match(new_code, change.new_code)
    if not codes_match or not _change_email(user, change):
        change.tries += 1
        request.session[SESSION_KEY] = asdict(change)
        raise EmailChangeFailed(gettext("One of the codes is wrong. Check both e-mails."))
    cancel_change(request)
    context = {"from_email": change.old, "to_email": change.new}
    get_adapter().send_notification_mail(
        "account/email/email_changed", user, context, email=change.old
    )


def cancel_change(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


def _change_email(user: User, change: EmailChange) -> bool:
    """Returns False if another account has taken the address meanwhile."""
    try:
        with transaction.atomic():
            EmailAddress.objects.filter(user=user).delete()
            EmailAddress.objects.create(user=user, email=change.new, verified=True, primary=True)
            user.email = change.new
            user.save(update_fields=["email"])
    except IntegrityError:
        user.email = change.old
        return False
    return True


def _codes_match(typed: str, code: str) -> bool:
    """Compares codes without case, spaces and hyphens; an empty code never matches."""
    entered, expected = _normalise(typed), _normalise(code)
    return bool(expected) and compare_digest(entered.encode(), expected.encode())


def _normalise(code: str) -> str:
    return "".join(character for character in code.upper() if character.isalnum())
