"""Names people go by, and whose names nobody else may use."""

import unicodedata
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from accounts.models import AuthorProfile, User
from iria.kit.lookalikes import skeleton
from iria.kit.text import INVISIBLE, one_line
from iria.publication.models import current_publication

TITLES: Final = frozenset(
    ("staff", "editor", "editors", "moderator", "mod", "admin", "administrator", "team", "official")
)


def folded(name: str) -> str:
    """A name as the eye takes it: without invisible signs, case, width and extra spaces."""
    plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", name)).casefold()
    return " ".join(plain.split())


def belongs_to_newsroom(name: str, *, besides: User | None = None) -> bool:
    """True for a name that a member of the newsroom or an author goes by, other than `besides`.

    So are a part in the house by itself, and the name of the publication.
    """
    if besides is not None and besides.is_staff:
        return False
    staff = User.objects.filter(is_staff=True).exclude(display_name="")
    authors = AuthorProfile.objects.all()
    if besides is not None and besides.pk is not None:
        authors = authors.exclude(user=besides)
    known = staff.values_list("display_name", flat=True).union(
        authors.order_by().values_list("name", flat=True)
    )
    wanted = _skeletons(name)
    if wanted & {skeleton(current_publication().name), *map(skeleton, TITLES)}:
        return True
    return any(_skeletons(other) & wanted for other in known)


def _skeletons(name: str) -> set[str]:
    """How a name looks, with and without what only says which part in the house somebody plays."""
    words = [word for word in folded(name).split() if word.strip("()[]{}<>,.;:|/–—-") not in TITLES]
    return {skeleton(name), skeleton(" ".join(words))} - {""}


def checked(name: str, *, besides: User | None = None) -> str:
    """The name on one line.

    Raises:
        ValidationError: a member of the newsroom has it.
    """
    name = one_line(name)
    if belongs_to_newsroom(name, besides=besides):
        sentence = gettext(
            "A member of the newsroom has this name; please add something that tells you apart."
        )
        raise ValidationError(sentence)
    return name
