"""Names people go by, and whose names nobody else may use."""

import unicodedata

from accounts.models import AuthorProfile, User
from iria.kit.text import INVISIBLE


def folded(name: str) -> str:
    """A name as the eye takes it: without invisible signs, case, width and extra spaces."""
    plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", name)).casefold()
    return " ".join(plain.split())


def belongs_to_newsroom(name: str, *, besides: User | None = None) -> bool:
    """True for a name that a member of the newsroom or an author goes by, other than `besides`."""
    wanted = folded(name)
    staff = User.objects.filter(is_staff=True).exclude(display_name="")
    authors = AuthorProfile.objects.all()
    if besides is not None and besides.pk is not None:
        if besides.is_staff:
            return False
        staff = staff.exclude(pk=besides.pk)
        authors = authors.exclude(user=besides)
    names = [
        *staff.values_list("display_name", flat=True),
        *authors.values_list("name", flat=True),
    ]
    return any(folded(known) == wanted for known in names)
