"""A synthetic language, with word frequencies as in real texts.

The function words of English are included, so that stop words are removed as
usual. All other words are made of syllables; frequencies follow the Zipf–Mandelbrot
law, and a text prefers the words of its subject, as real texts do.
"""

from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Final

_SMALL: Final = (
    "the of and to in a is that for it as was with be by on not he his but at are this have from "
    "or had an they which one were all their has would will there can if more when who so its may"
)
_OPENINGS: Final = "b c d f g h j k l m n p r s t v w br ch cl cr dr fl gr pl pr sh sl st tr th"
_VOWELS: Final = "a e i o u a e i o ai ea ou"
SMALL, OPENINGS, VOWELS = _SMALL.split(), _OPENINGS.split(), _VOWELS.split()
CLOSINGS: Final = ("", "", "", "", "n", "r", "l", "s", "t", "m", "nd", "rt", "ck")

WORDS: Final = 60_000
SUBJECTS: Final = 400
OF_A_SUBJECT: Final = 250
SHARE_OF_SUBJECT: Final = 0.25
EXPONENT, SHIFT = 1.05, 2.7


class Language:
    """A vocabulary and its subjects, determined by the seed."""

    def __init__(self, seed: int = 1) -> None:
        rng = Random(seed)  # noqa: S311 - nothing secret
        self.words = [*SMALL, *_made_up(rng, WORDS - len(SMALL))]
        self._weights = list(
            accumulate((rank + SHIFT) ** -EXPONENT for rank in range(1, len(self.words) + 1))
        )
        self._subjects = [
            rng.sample(range(len(SMALL), len(self.words)), OF_A_SUBJECT) for _ in range(SUBJECTS)
        ]
        self._subject_weights = list(accumulate((rank + 1) ** -0.8 for rank in range(OF_A_SUBJECT)))

    def text(self, rng: Random, subject: int, length: int) -> list[str]:
        """Words of a text on a subject."""
        of_subject = round(length * SHARE_OF_SUBJECT)
        numbers = rng.choices(
            range(len(self.words)), cum_weights=self._weights, k=length - of_subject
        )
        numbers += self.of_subject(rng, subject, of_subject)
        rng.shuffle(numbers)
        return [self.words[number] for number in numbers]

    def of_subject(self, rng: Random, subject: int, length: int) -> list[int]:
        return rng.choices(self._subjects[subject], cum_weights=self._subject_weights, k=length)

    def title(self, rng: Random, subject: int, length: int) -> str:
        """A title from words of the subject."""
        numbers = self.of_subject(rng, subject, length)
        return " ".join(dict.fromkeys(self.words[number] for number in numbers)).capitalize()

    def query(self, rng: Random, length: int) -> str:
        """A search query: words of one subject and a common one."""
        subject = rng.randrange(SUBJECTS)
        common = self.words[len(SMALL) + int(2_000 * rng.random() ** 2)]
        numbers = self.of_subject(rng, subject, length - 1)
        return " ".join([common, *(self.words[number] for number in numbers)])


def sentences(words: Sequence[str], rng: Random) -> list[str]:
    """The words as sentences of 8 to 24 words."""
    made, start = [], 0
    while start < len(words):
        end = start + rng.randint(8, 24)
        made.append(" ".join(words[start:end]).capitalize() + ".")
        start = end
    return made


def _made_up(rng: Random, count: int) -> list[str]:
    """Distinct words; frequent ones tend to be shorter."""
    made: dict[str, None] = {}
    while len(made) < count:
        syllables = 2 + (rng.random() < 0.2 + len(made) / count) + (rng.random() < 0.25)
        parts = (
            rng.choice(OPENINGS) + rng.choice(VOWELS) + rng.choice(CLOSINGS)
            for _ in range(syllables)
        )
        word = "".join(parts)
        if word not in SMALL:
            made[word] = None
    return list(made)
