"""The adapter of allauth.mfa: names, QR codes, encryption of secrets."""

from typing import Any

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accounts.models import User
from iria.core.security.encryption import DecryptionFailed, decrypt, encrypt
from iria.publication.models import current_publication

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
        """If the key is lost, no code is right."""
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
