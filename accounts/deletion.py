"""Deleting an account, and everything that could be known of it."""

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
    """The account stays; the message is a sentence for its owner."""


def delete_account(user: User, *, keep_words: bool) -> None:
    """Deletes the account: at once, for good, in one transaction.

    Each app first erases what refers to the account by its id or e-mail address only; then the row of the
    account is deleted, with its sessions, known browsers, authenticators, e-mail addresses and avatar.
    Columns that name who did something in the admin are set to null.

    Args:
        keep_words: whether comments stay, without a name.

    Raises:
        CannotLeave: a member of the newsroom has rights and duties that somebody must take over first;
            and the rows of the desk's log would go with whoever made them.
    """
    if user.is_staff:
        sentence = gettext(
            "Your account has admin access. Ask an administrator to remove it; then you can "
            "delete the account."
        )
        raise CannotDelete(sentence)
    if LogEntry.objects.filter(user=user).exists():
        sentence = gettext(
            "Your account is named in the admin log, which is kept. Ask an administrator to "
            "deactivate the account instead."
        )
        raise CannotDelete(sentence)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        who = accounts_personal_data.person(locked)
        for holding in personal_data:
            holding.erase(who, keep_words)
        locked.delete()
    _send_confirmation(who.email)


def _send_confirmation(address: str) -> None:
    name = current_publication().name
    subject = one_line(f"{gettext('Account deleted')} – {name}")
    words = render_to_string("account/email/deleted_message.txt", {"publication_name": name})
    try:
        EmailMessage(subject, words, to=[to_ascii(address)]).send()
    except (SMTPException, OSError):
        # There is no account any more for which to try again.
        return
