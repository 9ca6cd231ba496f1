"""A synthetic language, with word frequencies as in real texts.

The function words of English are included, so that stop words are removed as
usual. All other words are made of syllables; frequencies follow the Zipf–Mandelbrot
law, and a text prefers the words of its subject, as real texts do.
"""

from itertools import accumulate
from random import Random
from typing import Final

from django.db import connection

from iria.core.db.bulk import copy_values

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

    def text(self, rng: Random, subject: int, length: int) -> str:
        """A text on a subject, in sentences of 8 to 24 words.

        Its last word is none of the small ones, which search leaves out: so the vector of two texts
        is that of the first and that of the second joined.
        """
        of_subject = round(length * SHARE_OF_SUBJECT)
        numbers = rng.choices(
            range(len(self.words)), cum_weights=self._weights, k=length - of_subject
        )
        numbers += self.of_subject(rng, subject, of_subject)
        rng.shuffle(numbers)
        numbers += self.of_subject(rng, subject, 1)
        made, start = [], 0
        while start < len(numbers):
            end = start + rng.randint(8, 24)
            sentence = " ".join(self.words[number] for number in numbers[start:end])
            made.append(f"{sentence.capitalize()}.")
            start = end
        return " ".join(made)

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


PREPARE: Final = """
SELECT set_config('default_toast_compression', 'lz4', true) FROM pg_settings
    WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals);
CREATE OR REPLACE FUNCTION pg_temp.share(number bigint, purpose bigint) RETURNS float8
    LANGUAGE sql IMMUTABLE RETURN (hashint8extended(number, {seed} * 100 + purpose) & 1073741823) / 1073741824.0::float8;
CREATE OR REPLACE AGGREGATE pg_temp.joined(tsvector) (SFUNC = tsvector_concat, STYPE = tsvector, INITCOND = '');
DROP TABLE IF EXISTS synthetic_text;
CREATE TEMPORARY TABLE synthetic_text (number integer PRIMARY KEY, headline text, text text, vector tsvector)
    ON COMMIT DROP
"""
"""`share` is a number from 0 to 1 that looks random, and is the same in every run. Compressing the texts
with PostgreSQL's default takes longer than putting them together."""

FINISH: Final = """
UPDATE synthetic_text SET vector = to_tsvector('iria_english', text);
ANALYZE synthetic_text
"""


def create_texts(language: Language, seed: int, *, words: int, each: int) -> None:
    """Creates a temporary table of texts, numbered from 0, the same number on each subject."""
    rng = Random(seed)  # noqa: S311 - nothing secret
    rows = (
        (
            subject * each + number,
            language.title(rng, subject, 7),
            language.text(rng, subject, words),
            None,
        )
        for subject in range(SUBJECTS)
        for number in range(each)
    )
    with connection.cursor() as cursor:
        cursor.execute(PREPARE.format(seed=seed))
        copy_values("synthetic_text", ("number", "headline", "text", "vector"), rows)
        cursor.execute(FINISH)


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
