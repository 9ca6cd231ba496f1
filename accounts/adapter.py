"""The adapters of allauth: rate limits, e-mails, reauthentication; QR codes and encryption of secrets."""

import logging
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any, Final

import qrcode
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accounts import mfa, sessions
from accounts.models import User
from accounts.sessions import browser_of
from iria.core.http.headers import client_ip
from iria.core.mail import to_ascii
from iria.core.security import DecryptionFailed, count_and_allow, decrypt, encrypt, one_sender
from iria.core.text.validators import one_line
from iria.publication.models import current_publication

EMAIL_MAX_LENGTH = 254
UNKNOWN_BROWSERS_LIMIT: Final = (100, timedelta(hours=1))
"""Attempts to sign in to one account from all unknown browsers."""
CLIENT_LIMIT: Final = (20, timedelta(hours=1))
"""Attempts per IP address, so that one client cannot lock the owner out of a new browser."""

logger = logging.getLogger(__name__)


def display_name(user: User) -> str:
    """The name allauth uses in e-mails and messages."""
    return user.public_name


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's defaults, with our rate limits, e-mails and errors."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The IP address for rate limits; forwarding headers count only from trusted proxies."""
        return client_ip(request) or "unknown"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Limits attempts by client, not by account.

        An attacker cannot lock the owner out: the known browsers of the account are counted apart.
        All other clients share a wide limit, so that a thousand IP addresses cannot guess faster
        than a few.
        """
        super().pre_authenticate(request, **credentials)
        email = str(credentials.get("email", "")).lower()
        if sessions.is_known_browser(request, email):
            return
        client = one_sender(self.get_client_ip(request))
        limits = (
            ("sign-in at, from", f"{email}\0{client}", CLIENT_LIMIT),
            ("sign-in at", email, UNKNOWN_BROWSERS_LIMIT),
        )
        for scope, key, (limit, per) in limits:
            # A rejected attempt is not counted in the next scope.
            if not count_and_allow(scope, key, limit=limit, per=per):
                error: ValidationError = self.validation_error("too_many_login_attempts")
                raise error

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """The key for failed attempts: the account and the client; all known browsers are one client."""
        email = str(credentials.get("email", "")).lower()
        is_known = sessions.is_known_browser(request, email)
        client = "a known browser" if is_known else one_sender(self.get_client_ip(request))
        return f"{email}\0{client}"

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Requires reauthentication before sensitive changes, unless the user signed in recently."""
        user = self.request.user
        is_recent = isinstance(user, User) and mfa.authenticated_recently(
            self.request, user, within=app_settings.REAUTHENTICATION_TIMEOUT
        )
        return not is_recent and bool(super().is_reauthentication_required(app=app, **options))

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The methods of reauthentication; without an authenticator app, codes are recovery codes."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        by_code = [method for method in methods if method["id"] == "mfa_reauthenticate"]
        if by_code and not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            by_code[0]["description"] = gettext("Use a recovery code")
            methods.sort(key=lambda method: method["id"] == "mfa_reauthenticate")
        return methods

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        if kwargs.get("signup"):
            # allauth records every method of signing in, but not the sign-up.
            record_authentication(request, user, "code", email=user.email)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if sessions.remember_browser(request, response, user):
            context = {"browser": browser_of(request.META.get("HTTP_USER_AGENT", ""))}
            self.send_notification_mail("account/email/new_device", user, context)
        return response

    def is_safe_url(self, url: str) -> bool:
        """Whether a redirect to the URL is safe; an invalid URL is not."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def clean_email(self, email: str) -> str:
        if len(email) > EMAIL_MAX_LENGTH:
            raise ValidationError(
                gettext("The e-mail address is too long. It can have at most %(most)d characters.")
                % {"most": EMAIL_MAX_LENGTH}
            )
        return email

    def format_email_subject(self, subject: str) -> str:
        return one_line(f"{subject} – {current_publication().name}")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends the e-mail, or shows an error; the log contains no e-mail address.

        A rejected recipient is not an error for the user, since the response must not reveal
        whether an account exists.
        """
        try:
            super().send_mail(template_prefix, to_ascii(email), context)
        except SMTPRecipientsRefused:
            logger.warning("the recipient of an account e-mail was rejected")
        except (SMTPException, OSError) as error:
            logger.error("an account e-mail could not be sent: %s", type(error).__name__)
            message = gettext("The e-mail could not be sent. Try again in a minute.")
            messages.error(self.request, message)


PURPOSE = "iria.sealing"
QUIET_ZONE = 4
"""The light margin in modules that scanners need (ISO/IEC 18004)."""


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def get_totp_issuer(self) -> str:
        return str(current_publication().name)

    def _get_site_name(self) -> str:
        return str(current_publication().name)

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": user.public_name}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey %(number)d") % {"number": count + 1}

    def build_totp_svg(self, url: str) -> SafeString:
        return qr_code_svg(url)

    def encrypt(self, text: str) -> str:
        return encrypt(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Returns a random secret if the key is lost, so that no code is right."""
        try:
            return decrypt(encrypted_text, purpose=PURPOSE)
        except DecryptionFailed:
            return str(generate_totp_secret())


def qr_code_svg(content: str) -> SafeString:
    """A QR code as inline SVG of one path, without styles.

    Its colours are fixed: cameras need a light background in dark mode too.
    """
    code = qrcode.QRCode(border=QUIET_ZONE)
    code.add_data(content)
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    side = len(rows)
    return SafeString(
        f'<svg class="drawn-code" viewBox="0 0 {side} {side}" role="img" '
        f'aria-label="{gettext("QR code for your authenticator app")}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>'
    )
