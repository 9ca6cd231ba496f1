"""Where allauth meets our accounts."""

import logging
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext

from accounts.models import User
from iria.kit.http import client_address
from iria.kit.text import one_line
from iria.publication.models import current_publication

EMAIL_MAX_LENGTH = 254

log = logging.getLogger(__name__)


def display_name(user: User) -> str:
    """The name allauth writes in mails and messages."""
    return user.public_name


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's defaults, with our own addresses, mails and faults."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that limits are counted by: forwarding headers count only from our proxies."""
        return client_address(request) or "unknown"

    def is_safe_url(self, url: str) -> bool:
        """Whether somebody may be sent there; an address that cannot be read is no reason to break."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def clean_email(self, email: str) -> str:
        if len(email) > EMAIL_MAX_LENGTH:
            sentence = gettext("An address may have %(most)d characters; this one is longer.") % {
                "most": EMAIL_MAX_LENGTH
            }
            raise ValidationError(sentence)
        return email

    def format_email_subject(self, subject: str) -> str:
        return one_line(f"{subject} – {current_publication().name}")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends it, or says that it could not be sent; what is logged never names an address.

        A refused recipient is not told to whoever asked, since the answer must not depend on
        whether an address is known.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except SMTPRecipientsRefused:
            log.warning("a mail about an account was refused for its recipient")
        except (SMTPException, OSError) as mistake:
            log.error("a mail about an account could not be sent: %s", type(mistake).__name__)
            sentence = gettext("The mail could not be sent just now. Please try again in a minute.")
            messages.error(self.request, sentence)
