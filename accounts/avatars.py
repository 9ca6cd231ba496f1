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
"""Twice what any page shows, for fine screens."""
LEAST: Final = 64
LARGEST_FILE: Final = 8 * 1024 * 1024
PER: Final = timedelta(hours=1)
PER_ACCOUNT: Final = 20
PER_NETWORK: Final = 60
"""Opening a picture costs far more than any other request of a reader; a school class behind one address passes."""


def may_upload(user: User, address: str) -> bool:
    """Counts one picture; False once the account or the network has sent too many within the hour."""
    if not count_and_allow("avatar of", str(user.pk), limit=PER_ACCOUNT, per=PER):
        return False
    return not address or count_and_allow("avatar from", address, limit=PER_NETWORK, per=PER)


def save_avatar(user: User, upload: "File[Any]") -> Avatar:
    """Makes the sent picture the account's, in the place of an earlier one.

    Only pixels pass: where a photograph was taken and by which phone stays outside.

    Raises:
        ValidationError: it is too large, no picture, or too small.
    """
    if (upload.size or 0) > LARGEST_FILE:
        sentence = gettext("The file is larger than %(most)d MB. Choose a smaller one.")
        raise ValidationError(sentence % {"most": LARGEST_FILE // 1024**2})
    drawn = _draw(bytes(upload.read()))
    if min(drawn.width, drawn.height) < LEAST:
        sentence = gettext("The image is too small. It needs at least %(least)d pixels.")
        raise ValidationError(sentence % {"least": LEAST})
    name = f"{hashlib.sha256(drawn.png).hexdigest()[:20]}.png"
    values = {"name": name, "png": drawn.png, "width": drawn.width, "height": drawn.height}
    avatar, _ = Avatar.objects.update_or_create(user=user, defaults=values)
    return avatar


def delete_avatar(user: User) -> None:
    """Back to initials."""
    Avatar.objects.filter(user=user).delete()


def _draw(file: bytes) -> RenderedLogo:
    for draw in logo_renderers:
        try:
            return draw(file, [(SIDE, SIDE)])[0]
        except InvalidLogo as mistake:
            raise ValidationError(str(mistake)) from mistake
    raise ValidationError(gettext("Images cannot be processed on this server."))
