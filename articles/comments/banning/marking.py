"""What a ban keeps of what it compares, and how moderators read it.

An e-mail address, a name and a network address are kept as marks under the site's secret (`iria.kit.sealing`):
enough to know them again, of no use to whoever copies the database. A network stays readable until the
ban ends, as does the number of an account.
"""

from typing import Final

from articles.comments.banning import networks
from articles.comments.banning.models import Ban
from iria.kit import sealing

MARKED: Final = frozenset({Ban.Kind.EMAIL, Ban.Kind.NAME, Ban.Kind.ADDRESS})


def kept(kind: str, plain: str) -> str:
    """The value of a ban of this kind."""
    return sealing.mark(plain, purpose=_purpose(kind)) if kind in MARKED else plain


def kept_as(kind: str, plain: str) -> list[str]:
    """Every value by which a ban could have it, those made under earlier secrets among them."""
    return sealing.marks(plain, purpose=_purpose(kind)) if kind in MARKED else [plain]


def readable(kind: str, plain: str, name: str) -> str:
    """For moderators, as in `t…@example.org`.

    Args:
        name: of the writer, as it stands beside the comment.
    """
    if kind == Ban.Kind.EMAIL:
        before, _, domain = plain.rpartition("@")
        return f"{before[:1]}…@{domain}"
    if kind == Ban.Kind.ADDRESS:
        return f"one address in {networks.network(plain.partition('/')[0])}"
    return plain if kind == Ban.Kind.NETWORK else name


def _purpose(kind: str) -> str:
    return f"iria.comments.ban.{kind}"
