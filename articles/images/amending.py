"""Changing what the library says of a picture, so that every file and every page follows.

Admin, commands and imports change a picture by this verb. The version of its rights, which the
names of its files carry, grows in the same transaction (PostgreSQL counts it, so that no other road
can leave it out); the worker brings the files after the commit, and what a lost job left out is
found by `images.tasks.catch_up`.
"""

from typing import Any, Final

from django.db import transaction

from accounts.models import User
from articles.images.models import Image, PictureEvent

WHOSE: Final = (
    "credit",
    "credit_url",
    "photographer",
    "agency",
    "byline",
    "source",
    "copyright_notice",
    "digital_source_type",
    "needs_no_credit",
    "no_credit_reason",
)
ALLOWED: Final = (
    "licence_from",
    "licence_until",
    "licence_url",
    "licensor",
    "usage_terms",
    "licensed_for_site",
    "licensed_for_newsletter",
    "licensed_for_archive",
)


def amend(image: Image, *, by: User | None, reason: str = "", **values: Any) -> frozenset[str]:
    """Saves these values and says which of them are new; what they do to rights is recorded.

    Only the fields named here are written, so that nothing else is put back that somebody changed
    meanwhile.

    Raises:
        ValidationError: for a value that cannot be kept; nothing is written.
    """
    with transaction.atomic():
        before = Image.objects.select_for_update().get(pk=image.pk)
        changed = frozenset(
            name for name, value in values.items() if getattr(before, name) != value
        )
        for name, value in values.items():
            setattr(image, name, value)
        if changed:
            image.clean_fields(exclude={each.name for each in image._meta.fields} - changed)
            image.save(update_fields=[*changed, "changed_at"])
            image.refresh_from_db(fields=["rights_version"])
            _record(before, image, changed, by, reason)
    return changed


def _record(
    before: Image, after: Image, changed: frozenset[str], by: User | None, reason: str
) -> None:
    What = PictureEvent.What  # noqa: N806 - a class under its own name
    for what, names in ((What.CREDITED, WHOSE), (What.LICENSED, ALLOWED)):
        told = [name for name in names if name in changed]
        if told:
            PictureEvent.objects.create(
                image=after,
                what=what,
                before=_words(before, told),
                after=_words(after, told),
                reason=reason,
                by=by,
            )


def _words(image: Image, names: list[str]) -> str:
    """A line for each field, under the name it has in the library."""
    lines = []
    for name in names:
        value = getattr(image, name)
        label = Image._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        said = {True: "yes", False: "no", None: "–"}.get(value, value)
        lines.append(f"{label}: {said or '–'}")
    return "\n".join(lines)
