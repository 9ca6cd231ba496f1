"""Whose e-mail address is known to be theirs.

Changing the address of an account: both mailboxes say yes, or nothing changes.

Whoever sits at a browser somebody left open has neither; whoever got into the new mailbox by a typing
mistake cannot pull the account over. What is under way lies in the session, for an hour.
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

from accounts import display_names
from accounts.models import Device, User
from iria.core.http.rate_limit import count_and_allow


def mark_confirmed(user: User) -> None:
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


def _reserve_name(email_address: EmailAddress, **signal: object) -> None:
    """A new account has its name to itself once its address is confirmed (`email_confirmed`)."""
    display_names.reserve_name(email_address.user)


def register() -> None:
    email_confirmed.connect(_reserve_name, dispatch_uid="names of confirmed accounts")


SESSION_KEY: Final = "address_change"
VALID_FOR: Final = timedelta(hours=1)
MAX_ATTEMPTS: Final = 5
RATE_LIMIT: Final = (6, timedelta(hours=1))


class EmailChangeFailed(Exception):
    """Nothing changed; the message is a sentence for the account's owner."""


class NoPendingChange(EmailChangeFailed):
    """There is nothing to confirm: it was done, given up, tried too often or is too old."""


@dataclass(slots=True)
class EmailChange:
    """A change that waits for its two codes."""

    old: str
    new: str
    old_code: str
    new_code: str
    """Empty where the new address has an account already: then no code is right, and its owner is
    told by mail, not whoever typed it."""
    begun: float
    tries: int = 0


def pending_change(request: HttpRequest, user: User) -> EmailChange | None:
    """The change that waits in this session, unless it is too old or the address has changed since."""
    kept = request.session.get(SESSION_KEY)
    if not kept:
        return None
    move = EmailChange(**kept)
    fresh = 0 <= time() - move.begun < VALID_FOR.total_seconds()
    if not fresh or move.old != user.email or move.tries >= MAX_ATTEMPTS:
        cancel_change(request)
        return None
    return move


def start_change(request: HttpRequest, user: User, new: str) -> EmailChange:
    """Sends a code to each of the two addresses.

    Raises:
        CannotMove
    """
    limit, per = RATE_LIMIT
    if not count_and_allow("change of address", f"account {user.pk}", limit=limit, per=per):
        raise EmailChangeFailed(gettext("Too many attempts. Try again in an hour."))
    adapter = get_adapter()
    taken = User.objects.filter(email__iexact=new).exclude(pk=user.pk).exists()
    move = EmailChange(
        old=user.email,
        new=new,
        old_code=adapter.generate_email_verification_code(),
        new_code="" if taken else adapter.generate_email_verification_code(),
        begun=time(),
    )
    request.session[SESSION_KEY] = asdict(move)
    context = {"code": move.old_code, "new": new}
    adapter.send_mail("account/email/address_leaving", move.old, context)
    if taken:
        adapter.send_account_already_exists_mail(new)
    else:
        adapter.send_mail("account/email/email_confirmation", new, {"code": move.new_code})
    return move


def confirm_change(request: HttpRequest, user: User, *, old_code: str, new_code: str) -> None:
    """Gives the account its new address.

    Raises:
        NotUnderWay
        CannotMove: a code is wrong. Which one is not said, so that nobody guesses them one by one.
    """
    move = pending_change(request, user)
    if move is None:
        raise NoPendingChange(gettext("These codes were used or have expired. Start again."))
    right = _codes_match(old_code, move.old_code) & _codes_match(new_code, move.new_code)
    if not right or not _change_email(user, move):
        move.tries += 1
        request.session[SESSION_KEY] = asdict(move)
        raise EmailChangeFailed(gettext("One of the codes is wrong. Check both e-mails."))
    cancel_change(request)
    told = {"from_email": move.old, "to_email": move.new}
    get_adapter().send_notification_mail("account/email/email_changed", user, told, email=move.old)


def cancel_change(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


def _change_email(user: User, move: EmailChange) -> bool:
    """False where somebody else took the address in the meantime."""
    try:
        with transaction.atomic():
            EmailAddress.objects.filter(user=user).delete()
            EmailAddress.objects.create(user=user, email=move.new, verified=True, primary=True)
            user.email = move.new
            user.save(update_fields=["email"])
    except IntegrityError:
        user.email = move.old
        return False
    return True


def _codes_match(typed: str, code: str) -> bool:
    """Codes are typed by people: neither case nor spaces nor hyphens count."""
    plain, wanted = _normalise(typed), _normalise(code)
    return bool(wanted) and compare_digest(plain.encode(), wanted.encode())


def _normalise(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign.isalnum())
