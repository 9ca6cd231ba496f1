"""What others see of an account: its name and profile picture.

No account can imitate a member of the editorial team, an author or another account by its name. Pictures are re-encoded by
the image library.
"""

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.signals import post_save
from django.utils.translation import gettext

from accounts.models import AuthorProfile, Avatar, User
from iria.core.hooks import InvalidLogo, RenderedLogo, logo_renderers
from iria.core.security import count_and_allow
from iria.core.text.language import use_language
from iria.core.text.names import key_of, skeleton
from iria.core.text.validators import INVISIBLE, one_line
from iria.publication.models import current_publication

NAME_MAX_LENGTH: Final = 80
TITLES: Final = frozenset(
    ("staff", "editor", "editors", "moderator", "mod", "admin", "administrator", "team", "official")
)


def normalise(name: str) -> str:
    """A name without invisible characters, case, width and extra spaces."""
    plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", name)).casefold()
    return " ".join(plain.split())


class Owner(StrEnum):
    """Who uses a name."""

    NOBODY = ""
    SOMEBODY = "somebody"
    NEWSROOM = "newsroom"


def owner_of(name: str, *, excluding: User | None = None) -> Owner:
    """Who uses a name that looks like this one, other than `excluding`; one query.

    The editorial team owns the names of its members and authors, that of the site, and titles such as “Editor”.
    """
    wanted = _skeletons(name)
    is_staff = excluding is not None and excluding.is_staff
    if not is_staff and wanted & {skeleton(current_publication().name), *map(skeleton, TITLES)}:
        return Owner.NEWSROOM
    owners = {
        Owner(owner)
        for other, owner in _names_in_use(wanted | {key_of(name)}, excluding)
        if owner == Owner.SOMEBODY or (not is_staff and _skeletons(other) & wanted)
    }
    return max(owners, default=Owner.NOBODY, key=list(Owner).index)


def _names_in_use(keys: set[str], excluding: User | None) -> Iterable[tuple[str, str]]:
    """All names of the editorial team, and those of others with one of the skeletons; with their owner."""
    accounts, authors = User.objects.order_by(), AuthorProfile.objects.order_by()
    others = accounts.filter(name_skeleton__in=keys)
    if excluding is not None and excluding.pk is not None:
        authors = authors.exclude(user=excluding)
        others = others.exclude(pk=excluding.pk)
    newsroom, somebody = Value(Owner.NEWSROOM.value), Value(Owner.SOMEBODY.value)
    staff = accounts.filter(is_staff=True).exclude(display_name="")
    return staff.values_list("display_name", newsroom).union(
        authors.values_list("name", newsroom), others.values_list("display_name", somebody)
    )


def _skeletons(name: str) -> set[str]:
    """The skeletons of a name, with and without titles."""
    words = [
        word for word in normalise(name).split() if word.strip("()[]{}<>,.;:|/–—-") not in TITLES
    ]
    return {skeleton(name), skeleton(" ".join(words))} - {""}


def clean_name(name: str, *, excluding: User | None = None) -> str:
    """The name on one line.

    Raises:
        ValidationError: a member of the editorial team or another account uses it.
    """
    name = one_line(name)
    owner = owner_of(name, excluding=excluding)
    if owner is Owner.NEWSROOM:
        raise ValidationError(
            gettext(
                "A member of the editorial team has this name. Add something to tell you apart."
            ),
            code=owner,
        )
    if owner is Owner.SOMEBODY:
        raise ValidationError(
            gettext("This name is already in use. Add something to tell you apart."), code=owner
        )
    return name


def reserve_name(user: User) -> None:
    """Reserves the display name of an account.

    The editorial team has priority: a reader with the name of a new colleague gets a number added. So does
    the second of two accounts that choose a name at the same moment.
    """
    with transaction.atomic():
        _lock()
        current = User.objects.filter(pk=user.pk).first()
        if current is None:
            return
        if current.is_staff and current.display_name:
            rename_lookalikes(current.display_name, owner=current)
        current.name_skeleton = _free_skeleton(current)
        if current.display_name and current.name_skeleton is None and not current.is_staff:
            current.display_name = _with_number(current)
            current.name_skeleton = _free_skeleton(current)
        _save(current)
    user.display_name, user.name_skeleton = current.display_name, current.name_skeleton


def rename_lookalikes(name: str, *, owner: User | None) -> None:
    """Adds a number to the names of readers that look like one of the editorial team."""
    with transaction.atomic():
        _lock()
        lookalikes = User.objects.filter(
            name_skeleton__in=_skeletons(name) | {key_of(name)}, is_staff=False
        )
        for reader in lookalikes.exclude(pk=owner.pk) if owner else lookalikes:
            reader.display_name = _with_number(reader)
            reader.name_skeleton = _free_skeleton(reader)
            _save(reader)


def _free_skeleton(user: User) -> str | None:
    """The skeleton of the name, unless another account has it."""
    key = key_of(user.display_name)
    is_taken = User.objects.filter(name_skeleton=key).exclude(pk=user.pk).exists()
    return None if is_taken or not key else key


def _with_number(user: User) -> str:
    """For example “Ola Lind (reader 17)”, in the language of the publication."""
    with use_language(current_publication().language_codes[0]):
        number = gettext("reader %(number)d") % {"number": user.pk}
    length = NAME_MAX_LENGTH - len(number) - 3
    return f"{user.display_name[:length].rstrip()} ({number})"


def _save(user: User) -> None:
    """Saves the name with update(), which sends no signal: this runs in a signal receiver."""
    User.objects.filter(pk=user.pk).exclude(
        display_name=user.display_name, name_skeleton=user.name_skeleton
    ).update(display_name=user.display_name, name_skeleton=user.name_skeleton)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('names of accounts'))")


def update_reservations(sender: type[Any], instance: Any, raw: bool = False, **signal: Any) -> None:
    """On `post_save` of accounts and authors."""
    fields = signal.get("update_fields")
    if raw or (fields is not None and not {"display_name", "is_staff", "name"} & set(fields)):
        return
    if isinstance(instance, User):
        reserve_name(instance)
    else:
        rename_lookalikes(instance.name, owner=instance.user)


def register() -> None:
    post_save.connect(update_reservations, sender=User, dispatch_uid="names of accounts")
    post_save.connect(update_reservations, sender=AuthorProfile, dispatch_uid="names of authors")


AVATAR_SIDE: Final = 256
"""Twice the largest size on pages, for high-density screens."""
MIN_SIDE: Final = 64
MAX_FILE_SIZE: Final = 8 * 1024 * 1024
UPLOAD_PERIOD: Final = timedelta(hours=1)
MAX_UPLOADS_PER_ACCOUNT: Final = 20
MAX_UPLOADS_PER_IP_ADDRESS: Final = 60
"""Decoding an image costs far more than other requests of readers. The limit allows a school class with one IP address."""


def may_upload(user: User, ip: str) -> bool:
    """Counts an upload; False if the account or the IP address has reached the limit per hour."""
    if not count_and_allow(
        "avatar of", str(user.pk), limit=MAX_UPLOADS_PER_ACCOUNT, per=UPLOAD_PERIOD
    ):
        return False
    return not ip or count_and_allow(
        "avatar from", ip, limit=MAX_UPLOADS_PER_IP_ADDRESS, per=UPLOAD_PERIOD
    )


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
            return render(file, [(AVATAR_SIDE, AVATAR_SIDE)])[0]
        except InvalidLogo as error:
            raise ValidationError(str(error)) from error
    raise ValidationError(gettext("Images cannot be processed on this server."))
