"""What a table says of a reader's state, in the words of mailing services and of our own export."""

import re
import unicodedata
from typing import Final

RECEIVING: Final = frozenset(
    {
        "subscribed", "active", "confirmed", "enabled", "optin", "optedin", "true", "yes", "y", "t",
        "member", "free", "paid", "comped", "premium", "regular", "verified", "subscriber", "trial",
        "engaged", "abonne", "actif", "confirme", "oui", "abonniert", "aktiv", "bestatigt", "ja",
        "activo", "suscrito", "si", "attivo", "iscritto",
    }
)  # fmt: skip
GONE: Final = frozenset(
    {
        "left", "unsubscribed", "unsubscribe", "unsub", "nevertobewrittento", "suppressed", "bounced",
        "bounce", "bouncing", "hardbounced", "hardbounce", "softbounced", "softbounce", "undeliverable",
        "cleaned", "complained", "complaint", "spamcomplaint", "reported", "junk", "spam", "inactive",
        "notactive", "disabled", "suspended", "blocked", "banned", "blocklisted", "blacklisted",
        "deleted", "archived", "removed", "optout", "optedout", "donotemail", "donotmail",
        "donotcontact", "false", "no", "n", "f", "unconfirmed", "notconfirmed", "notyetconfirmed",
        "unverified", "unactivated", "pending", "nonsubscribed", "notsubscribed", "cancelled",
        "canceled", "invalid", "desabonne", "nonabonne", "desinscrit", "inactif", "enattente", "non",
        "abgemeldet", "abbestellt", "gesperrt", "unbestatigt", "inaktiv", "nein", "inactivo", "baja",
        "disiscritto", "inattivo",
    }
)  # fmt: skip
"""Left, barred, or never confirmed: in each case they have not agreed to this list, or not any more."""


NOT_SO: Final = frozenset(
    {"", "false", "no", "n", "f", "non", "nein", "never", "null", "none", "na"}
)
"""What stands in a column on who has left beside those who have not."""


def plain(text: str) -> str:
    """Its letters alone, small and without accents."""
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", text.casefold()))


def is_gone(said: str) -> bool | None:
    """Whether this reader is not to be written to; None where the words are not known."""
    word = plain(said)
    if not word:
        # Nothing, or a number: services write 1 and 0.
        return {"": False, "1": False, "0": True}.get(said.strip())
    return word in GONE if word in GONE | RECEIVING else None


def says_gone(said: str) -> bool:
    """Whether a cell of a column on who has left says so: yes, a number, a day, a reason."""
    word = plain(said)
    return word not in NOT_SO or (not word and any(sign in "123456789" for sign in said))
