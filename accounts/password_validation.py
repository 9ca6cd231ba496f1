"""Password strength: how many guesses a password needs."""

from threading import Lock
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_noop
from zxcvbn import zxcvbn

from accounts.models import User
from iria.publication.models import current_publication

MIN_SCORE: Final = 3
"""The lowest accepted score of zxcvbn (0 to 4): at least 10^8 guesses, too many with our rate limits."""
MAX_CHECKED_LENGTH: Final = 64
"""Characters from the start; further ones can only make it stronger, and take long to check."""
_KEYS: Final = gettext_noop("Neighbouring keys are easy to guess. Use a few words instead.")
_REPEATED: Final = gettext_noop(
    "Repetitions and sequences are easy to guess. Use a few words instead."
)
_DATE: Final = gettext_noop("Dates and years are easy to guess. Use a few words instead.")
FEEDBACK: Final = {
    "personal": gettext_noop("Do not use your name, your e-mail address or the name of this site."),
    "spatial": _KEYS,
    "repeat": _REPEATED,
    "sequence": _REPEATED,
    "date": _DATE,
    "regex": _DATE,
    "dictionary": gettext_noop(
        "This is too close to a word or a name. Use three or four unrelated words."
    ),
    "": gettext_noop("This password is too easy to guess. Make it longer."),
}
"""What to do about a weak password, by the pattern that zxcvbn found."""

_lock = Lock()


class PasswordStrengthValidator:
    """A password validator that counts guesses instead of character classes.

    The e-mail address, the display name and the name of the site count as obvious guesses.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        personal_words = _personal_words(user)
        result = strength_of(password, personal_words)
        if result["score"] < MIN_SCORE:
            feedback = FEEDBACK[_weakness(result, personal_words)]
            raise ValidationError(gettext(feedback), code="easy_to_guess")

    def get_help_text(self) -> str:
        return gettext("Three or four unrelated words are easy to remember.")


def strength_of(password: str, personal_words: list[str]) -> dict[str, Any]:
    """The result of zxcvbn. It keeps the personal words in a global table, so one call at a time."""
    with _lock:
        result: dict[str, Any] = zxcvbn(password[:MAX_CHECKED_LENGTH], user_inputs=personal_words)
    return result


def _personal_words(user: User | None) -> list[str]:
    words = [current_publication().name, *current_publication().name.split()]
    if user is not None:
        local, _, domain = user.email.partition("@")
        words += [user.email, local, *local.replace(".", " ").split(), domain]
        names = user.display_name.split()
        words += [user.display_name, "".join(names), *names]
    return [word for word in words if word]


def _weakness(result: dict[str, Any], personal_words: list[str]) -> str:
    """A key of `FEEDBACK`: what makes the password easy to guess."""
    parts = result["sequence"]
    personal = {word.lower() for word in personal_words}
    if any(part.get("matched_word", "") in personal for part in parts):
        return "personal"
    patterns = {part["pattern"] for part in parts}
    return next((key for key in FEEDBACK if key in patterns), "")
