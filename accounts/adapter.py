"""The adapter of allauth: rate limits, e-mails, reauthentication."""

import logging
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any, Final

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from accounts import known_browsers
from accounts.mfa import required
from accounts.models import User
from accounts.sessions import browser_of
from iria.core.http.headers import client_ip
from iria.core.http.rate_limit import count_and_allow, one_sender
from iria.core.mail import to_ascii
from iria.core.text.validators import one_line
from iria.publication.models import current_publication

EMAIL_MAX_LENGTH = 254
FROM_NEW_BROWSERS: Final = (100, timedelta(hours=1))
"""Tries at one account from browsers it does not know, all together."""
FROM_ONE_SENDER: Final = (20, timedelta(hours=1))
"""As many of these one address may use up: nobody shuts the owner out of a new browser alone."""

log = logging.getLogger(__name__)


def display_name(user: User) -> str:
    """The name allauth uses in e-mails and messages."""
    return user.public_name


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's defaults, with our rate limits, e-mails and errors."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that limits are counted by: forwarding headers count only from our proxies."""
        return client_ip(request) or "unknown"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Limits tries by who makes them, not by whose account it is.

        Whoever guesses at an account from elsewhere cannot shut its owner out: a browser the account
        knows is counted by itself. All others share a wide limit, so that a thousand addresses
        guess no faster than a few.
        """
        super().pre_authenticate(request, **credentials)
        email = str(credentials.get("email", "")).lower()
        if known_browsers.is_known(request, email):
            return
        sender = one_sender(self.get_client_ip(request))
        limits = (
            ("sign-in at, from", f"{email}\0{sender}", FROM_ONE_SENDER),
            ("sign-in at", email, FROM_NEW_BROWSERS),
        )
        for scope, who, (limit, per) in limits:
            # What is refused here does not count further.
            if not count_and_allow(scope, who, limit=limit, per=per):
                mistake: ValidationError = self.validation_error("too_many_login_attempts")
                raise mistake

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What allauth counts failures by: the account, and who tries."""
        email = str(credentials.get("email", "")).lower()
        known = known_browsers.is_known(request, email)
        who = "a known browser" if known else one_sender(self.get_client_ip(request))
        return f"{email}\0{who}"

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Before a grave change one shows once more who one is, unless that was minutes ago."""
        user = self.request.user
        just_now = isinstance(user, User) and required.authenticated_recently(
            self.request, user, within=app_settings.REAUTHENTICATION_TIMEOUT
        )
        return not just_now and bool(super().is_reauthentication_required(app=app, **options))

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The ways to show again who one is; who has no app is asked for its codes nowhere."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        by_code = [each for each in methods if each["id"] == "mfa_reauthenticate"]
        if by_code and not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            by_code[0]["description"] = gettext("Use a recovery code")
            methods.sort(key=lambda each: each["id"] == "mfa_reauthenticate")
        return methods

    def post_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse:
        if about.get("signup"):
            # allauth keeps a record of every way to sign in, but none of signing up.
            record_authentication(request, user, "code", email=user.email)
        response: HttpResponse = super().post_login(request, user, **about)
        if known_browsers.remember(request, response, user):
            context = {"browser": browser_of(request.META.get("HTTP_USER_AGENT", ""))}
            self.send_notification_mail("account/email/new_device", user, context)
        return response

    def is_safe_url(self, url: str) -> bool:
        """Whether somebody may be sent there; an address that cannot be read is no reason to break."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def clean_email(self, email: str) -> str:
        if len(email) > EMAIL_MAX_LENGTH:
            sentence = gettext(
                "The e-mail address is too long. It can have at most %(most)d characters."
            ) % {"most": EMAIL_MAX_LENGTH}
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
            super().send_mail(template_prefix, to_ascii(email), context)
        except SMTPRecipientsRefused:
            log.warning("a mail about an account was refused for its recipient")
        except (SMTPException, OSError) as mistake:
            log.error("a mail about an account could not be sent: %s", type(mistake).__name__)
            sentence = gettext("The e-mail could not be sent. Try again in a minute.")
            messages.error(self.request, sentence)
