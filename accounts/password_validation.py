"""How hard a password is to guess."""

from threading import Lock
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from zxcvbn import zxcvbn

from accounts.models import User
from iria.publication.models import current_publication

MIN_SCORE: Final = 3
"""Of zxcvbn's scores from 0 to 4: some 10^8 guesses at least, too many for anybody at our door."""
MAX_CHECKED_LENGTH: Final = 64
"""Signs from the start; what comes after can only make it harder, and long ones take long to judge."""
DICTIONARY: Final = "dictionary"

_lock = Lock()


class PasswordStrengthValidator:
    """A validator of Django's kind, by the guesses it would take and not by signs of four kinds.

    The address, the names and the publication's name count as words that anybody would try.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        known = _personal_words(user)
        found = strength_of(password, known)
        if found["score"] < MIN_SCORE:
            raise ValidationError(_feedback(found, known), code="easy_to_guess")

    def get_help_text(self) -> str:
        return gettext("Three or four unrelated words are easy to remember.")


def strength_of(password: str, known: list[str]) -> dict[str, Any]:
    """What zxcvbn thinks of it. It keeps our words in a table of its own, so one at a time."""
    with _lock:
        found: dict[str, Any] = zxcvbn(password[:MAX_CHECKED_LENGTH], user_inputs=known)
    return found


def _personal_words(user: User | None) -> list[str]:
    words = [current_publication().name, *current_publication().name.split()]
    if user is not None:
        local, _, domain = user.email.partition("@")
        words += [user.email, local, *local.replace(".", " ").split(), domain]
        names = user.display_name.split()
        words += [user.display_name, "".join(names), *names]
    return [word for word in words if word]


def _feedback(found: dict[str, Any], known: list[str]) -> str:
    """One sentence on what makes it easy, and what to do."""
    parts = found["sequence"]
    ours = {word.lower() for word in known}
    if any(part.get("matched_word", "") in ours for part in parts):
        return gettext("Do not use your name, your e-mail address or the name of this site.")
    if any(part["pattern"] == "spatial" for part in parts):
        return gettext("Neighbouring keys are easy to guess. Use a few words instead.")
    if any(part["pattern"] in {"repeat", "sequence"} for part in parts):
        return gettext("Repetitions and sequences are easy to guess. Use a few words instead.")
    if any(part["pattern"] in {"date", "regex"} for part in parts):
        return gettext("Dates and years are easy to guess. Use a few words instead.")
    if any(part["pattern"] == DICTIONARY for part in parts):
        return gettext("This is too close to a word or a name. Use three or four unrelated words.")
    return gettext("This password is too easy to guess. Make it longer.")
