"""Changing what the library says of a picture, so that every file and every page follows.

Admin, commands and imports change a picture by this verb. The version of its rights, which the
names of its files carry, grows in the same transaction (PostgreSQL counts it, so that no other road
can leave it out); the worker brings the files after the commit, and what a lost job left out is
found by `images.tasks.catch_up`.
"""

from typing import Any

from accounts.models import User
from articles.images.composing import forget_photographer
from articles.images.models import Image, ImageQuerySet
from articles.images.rights import recording


def amend(image: Image, *, by: User | None, reason: str = "", **values: Any) -> frozenset[str]:
    """Saves these values and says which of them are new; what they do to rights is recorded.

    Only the fields named here are written, so that nothing else is put back that somebody changed
    meanwhile.

    Raises:
        ValidationError: for a value that cannot be kept; nothing is written.
    """
    one: ImageQuerySet = Image.objects.filter(pk=image.pk)
    link_given = "credit_url" in values
    with recording(one, by=by, reason=reason, link_given=link_given) as chosen:
        before = chosen.get()
        changed = frozenset(
            name for name, value in values.items() if getattr(before, name) != value
        )
        for name, value in values.items():
            setattr(image, name, value)
        forget_photographer(chosen, values)
        if changed:
            image.clean_fields(exclude={each.name for each in image._meta.fields} - changed)
            image.save(update_fields=[*changed, "changed_at"])
    image.refresh_from_db(fields=["credit", "credit_url", "byline", "rights_version", "changed_at"])
    return changed
