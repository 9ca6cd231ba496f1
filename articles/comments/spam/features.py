"""What of a comment the model looks at: its words, its links, and its manner.

Each feature has a name that can be read to a moderator (`words_of`).
"""

import re
import unicodedata
from typing import Final

LINK: Final = re.compile(
    r"""(?:https?://|www\.)\S+
    | (?<![\w-])[\w-]++\s?(?:\.|\[dot\]|\(dot\))\s?(?:com|net|org|info|biz|tv|me|ly|co|io|ru|xyz|top|shop)\b\S*
    | \bwatch\?v=\S+""",
    re.IGNORECASE | re.VERBOSE,
)
"""Possessive, and only from where a word begins: read once, however long a text has no address in it.
Addresses, also those taken apart so that no machine should see them: `example . com`."""

WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
NUMBER: Final = re.compile(r"\d+")
IN_A_ROW: Final = 3
MOST_WORDS: Final = 1000
MOST_SIGNS: Final = 10_000
"""A comment holds 5,000 characters; what is longer comes from a collection, or grew when its signs
were written out."""


def features(text: str) -> frozenset[str]:
    """The features that a comment has, each once however often it has it."""
    plain = _unmasked(text[:MOST_SIGNS])[:MOST_SIGNS]
    links = LINK.findall(plain)
    without_links = LINK.sub(" ", plain)
    words = [word.lower() for word in WORD.findall(without_links)][:MOST_WORDS]
    found = {
        "w:" + " ".join(words[at : at + length])
        for length in range(1, IN_A_ROW + 1)
        for at in range(len(words) - length + 1)
    }
    found |= {f"link:{part.lower()}" for link in links for part in WORD.findall(link)}
    return frozenset(found | _manner(without_links, len(words), len(links)))


def _unmasked(text: str) -> str:
    """The text as it is read: signs that look alike are one, those that cannot be seen are gone."""
    same = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in same if unicodedata.category(sign) != "Cf")


def _manner(text: str, words: int, links: int) -> set[str]:
    letters = sum(sign.isalpha() for sign in text)
    capitals = sum(sign.isupper() for sign in text)
    return {
        f"links:{min(3, links)}",
        f"length:{(1 + words).bit_length()}",
        f"capitals:{5 * capitals // max(1, letters)}",
        f"exclamations:{min(3, text.count('!'))}",
        f"numbers:{min(3, len(NUMBER.findall(text)))}",
    }


_MANNERS: Final = {
    "links": ("no link", "one link", "two links", "three links or more"),
    "exclamations": ("", "an exclamation mark", "two exclamation marks", "many exclamation marks"),
    "numbers": ("", "a number", "two numbers", "many numbers"),
}


def words_of(feature: str) -> str:
    """How a feature is told to a moderator; empty for one that says nothing to a person."""
    kind, _, value = feature.partition(":")
    if kind == "w":
        return f"“{value}”"
    if kind == "link":
        return f"a link with “{value}”"
    if kind == "capitals":
        return "many capital letters" if int(value) > 1 else ""
    if kind == "length":
        return "very short" if int(value) <= 2 else ""
    return _MANNERS[kind][int(value)]
