"""What a table says of a reader's state, in the words of mailing services and of our own export."""

import re
import unicodedata
from typing import Final

RECEIVING: Final = frozenset(
    {
        "subscribed", "active", "confirmed", "enabled", "optin", "optedin", "true", "yes", "y", "t",
        "member", "free", "paid", "comped", "premium", "abonne", "actif", "confirme", "oui",
        "abonniert", "aktiv", "ja", "activo", "si", "attivo",
    }
)  # fmt: skip
GONE: Final = frozenset(
    {
        "left", "unsubscribed", "unsub", "nevertobewrittento", "suppressed", "bounced", "bounce",
        "hardbounced", "softbounced", "cleaned", "complained", "complaint", "junk", "spam", "inactive",
        "disabled", "blocked", "blocklisted", "blacklisted", "deleted", "archived", "removed",
        "optout", "optedout", "false", "no", "n", "f", "unconfirmed", "notyetconfirmed", "pending",
        "nonsubscribed", "notsubscribed", "cancelled", "canceled", "invalid",
        "desabonne", "desinscrit", "inactif", "non", "abgemeldet", "inaktiv", "nein", "inactivo",
    }
)  # fmt: skip
"""Left, barred, or never confirmed: in each case they have not agreed to this list, or not any more."""


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
