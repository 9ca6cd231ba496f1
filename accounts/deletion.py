"""Deletion of accounts and of their personal data."""

from smtplib import SMTPException

from django.contrib.admin.models import LogEntry
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext

from accounts import personal_data as accounts_personal_data
from accounts.models import User
from iria.core.hooks import personal_data
from iria.core.mail import to_ascii
from iria.core.text.validators import one_line
from iria.publication.models import current_publication


class CannotDelete(Exception):
    """The account cannot be deleted; the message is for its owner."""


def delete_account(user: User, *, keep_text: bool) -> None:
    """Deletes the account permanently, in one transaction.

    Each app first erases what refers to the account by its id or e-mail address only; then the row of the
    account is deleted, with its sessions, known browsers, authenticators, e-mail addresses and avatar.
    Columns that name who did something in the admin are set to null.

    Args:
        keep_text: whether comments stay, without a name.

    Raises:
        CannotDelete: the account has admin access, or is named in the admin log, whose rows would be
                deleted with it.
    """
    if user.is_staff:
        message = gettext(
            "Your account has admin access. Ask an administrator to remove it; then you can "
            "delete the account."
        )
        raise CannotDelete(message)
    if LogEntry.objects.filter(user=user).exists():
        message = gettext(
            "Your account is named in the admin log, which is kept. Ask an administrator to "
            "deactivate the account instead."
        )
        raise CannotDelete(message)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        who = accounts_personal_data.person(locked)
        for handler in personal_data:
            handler.erase(who, keep_text)
        locked.delete()
    _send_confirmation(who.email)


def _send_confirmation(email: str) -> None:
    name = current_publication().name
    subject = one_line(f"{gettext('Account deleted')} – {name}")
    body = render_to_string("account/email/deleted_message.txt", {"publication_name": name})
    try:
        EmailMessage(subject, body, to=[to_ascii(email)]).send()
    except (SMTPException, OSError):
        # Without the account there is nothing to retry.
        return
