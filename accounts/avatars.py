"""Profile pictures: uploaded by users and re-encoded by the image library."""

import hashlib
from datetime import timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext

from accounts.models import Avatar, User
from iria.core.hooks import InvalidLogo, RenderedLogo, logo_renderers
from iria.core.http.rate_limit import count_and_allow

SIDE: Final = 256
"""Twice the largest size on pages, for high-density screens."""
MIN_SIDE: Final = 64
MAX_FILE_SIZE: Final = 8 * 1024 * 1024
PER: Final = timedelta(hours=1)
PER_ACCOUNT: Final = 20
PER_NETWORK: Final = 60
"""Decoding an image costs far more than other requests of readers. The limit allows a school class with one IP address."""


def may_upload(user: User, ip: str) -> bool:
    """Counts an upload; False if the account or the IP address has reached the limit per hour."""
    if not count_and_allow("avatar of", str(user.pk), limit=PER_ACCOUNT, per=PER):
        return False
    return not ip or count_and_allow("avatar from", ip, limit=PER_NETWORK, per=PER)


def save_avatar(user: User, upload: "File[Any]") -> Avatar:
    """Saves the profile picture of an account, in place of the previous one.

    The image is re-encoded, so its metadata is not stored.

    Raises:
        ValidationError: the file is too large, not an image, or the image is too small.
    """
    if (upload.size or 0) > MAX_FILE_SIZE:
        message = gettext("The file is larger than %(most)d MB. Choose a smaller one.")
        raise ValidationError(message % {"most": MAX_FILE_SIZE // 1024**2})
    rendered = _render(bytes(upload.read()))
    if min(rendered.width, rendered.height) < MIN_SIDE:
        message = gettext("The image is too small. It needs at least %(least)d pixels.")
        raise ValidationError(message % {"least": MIN_SIDE})
    name = f"{hashlib.sha256(rendered.png).hexdigest()[:20]}.png"
    values = {"name": name, "png": rendered.png, "width": rendered.width, "height": rendered.height}
    avatar, _ = Avatar.objects.update_or_create(user=user, defaults=values)
    return avatar


def delete_avatar(user: User) -> None:
    Avatar.objects.filter(user=user).delete()


def _render(file: bytes) -> RenderedLogo:
    for render in logo_renderers:
        try:
            return render(file, [(SIDE, SIDE)])[0]
        except InvalidLogo as error:
            raise ValidationError(str(error)) from error
    raise ValidationError(gettext("Images cannot be processed on this server."))
