"""What of a comment the model looks at: what its general words do, its links, its manner, its words.

Most features hold under any article: groups of general words (`vocabulary.py`), alone, in a row and
together; kinds of links; length and capitals. The others are the comment's own words. They mean
something only where more than one thread has taught them (`model.py`), because within one thread the
best sign of a wanted comment is the name of what everybody there is talking about.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import unescape
from itertools import combinations
from typing import Final

from articles.comments.screening.word_matching import folded
from articles.comments.spam.vocabulary import GROUPS, PLAIN, TOGETHER

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
DOUBLED: Final = re.compile(r"(.)\1+")
STRETCHED: Final = re.compile(r"([^\W\d_])\1{3}")
SCHEME: Final = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)
REFERRAL: Final = re.compile(r"[?&#](?:ref|aff|partner|invite|referral|promo)\w*=", re.IGNORECASE)
VIDEO: Final = re.compile(r"youtu\.?be|watch\?v=", re.IGNORECASE)
LONG_NUMBER: Final = re.compile(r"\d{4}")

LEARNT: Final = ("word:", "link word:")
"""How the names of features begin that are words of a comment, and not of a list that we wrote."""
IN_A_ROW: Final = 3
MOST_WORDS: Final = 1000
MOST_SIGNS: Final = 10_000
"""A comment holds 5,000 characters; what is longer comes from a collection, or grew when its signs
were written out."""
LEAST_FOR_A_MISTAKE: Final = 6
"""Letters from which a word with one wrong letter is still the same: `suscribe`, `vidios`."""
UNKNOWN: Final = "_"
A_NUMBER: Final = "#"


def features(text: str) -> dict[str, str]:
    """The features that a comment has, each with the words of the comment that show it, if any."""
    plain = _unmasked(unescape(text[:MOST_SIGNS]))[:MOST_SIGNS]
    links = LINK.findall(plain)
    without_links = LINK.sub(" ", plain)
    words = [word.lower() for word in WORD.findall(without_links)][:MOST_WORDS]
    found = dict.fromkeys(_manner(without_links, len(words)), "")
    found |= _of_groups(words)
    found |= _of_links(links, alone=len(words) <= 2)
    for length in (1, 2):
        found |= {f"word:{each}": each for each in _in_a_row(words, length)}
    return found


def is_learnt(feature: str) -> bool:
    """Whether it is a word or phrase that comments taught."""
    return feature.startswith(LEARNT)


def _unmasked(text: str) -> str:
    """The text as it is read: compatibility forms are one, signs that cannot be seen are gone."""
    same = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in same if unicodedata.category(sign) != "Cf")


def _in_a_row(words: Sequence[str], length: int) -> Iterator[str]:
    return (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))


def _of_groups(words: Sequence[str]) -> dict[str, str]:
    groups = [_group(word) for word in words]
    found: dict[str, str] = {}
    for length in range(1, IN_A_ROW + 1):
        for at in range(len(groups) - length + 1):
            row = groups[at : at + length]
            if UNKNOWN not in {row[0], row[-1]}:
                found.setdefault(f"groups:{' '.join(row)}", " ".join(words[at : at + length]))
    first = {
        group: word
        for group, word in zip(reversed(groups), reversed(words), strict=True)
        if group in TOGETHER
    }
    return found | {
        f"together:{one} {other}": f"{first[one]} … {first[other]}"
        for one, other in combinations(sorted(first), 2)
    }


def _of_links(links: Sequence[str], *, alone: bool) -> dict[str, str]:
    """How many links there are, and of which kinds; what their words are comes from `LEARNT`."""
    found = {f"links:{min(3, len(links))}": ""}
    if links:
        found["links alone" if alone else "links with words"] = ""
    for link in links:
        host, slash, path = SCHEME.sub("", link).partition("/")
        found[f"link depth:{min(3, len(slash) + path.rstrip('/').count('/'))}"] = ""
        kinds = {
            "query": "?" in link,
            "referral": bool(REFERRAL.search(link)),
            "video": bool(VIDEO.search(link)),
            "long number": bool(LONG_NUMBER.search(path)),
        }
        found |= {f"link kind:{kind}": "" for kind, is_so in kinds.items() if is_so}
        for part in WORD.findall(host):
            if (group := _group(part)) != UNKNOWN:
                found[f"link to:{group}"] = part
        found |= {f"link word:{part.lower()}": part.lower() for part in WORD.findall(link)}
    return found


def _manner(text: str, words: int) -> set[str]:
    letters = sum(sign.isalpha() for sign in text)
    capitals = sum(sign.isupper() for sign in text)
    manner = {
        f"length:{min(7, (1 + words).bit_length())}",
        f"capitals:{5 * capitals // letters if letters > 5 else 0}",
        f"exclamations:{min(3, text.count('!'))}",
        f"questions:{min(2, text.count('?'))}",
        f"numbers:{min(3, len(NUMBER.findall(text)))}",
    }
    return manner | ({"stretched"} if STRETCHED.search(text) else set())


def _squeezed(word: str) -> str:
    """The word without accents, look-alikes, and letters that stand twice."""
    word = word.replace("'", "").replace("\u2019", "")
    if not (word.isascii() and word.isalpha()):
        word = folded(word).replace(" ", "")
    return DOUBLED.sub(r"\1", word.lower())


def _without_one(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(len(word))]


GROUP_OF: Final = {_squeezed(word): word for word in PLAIN.split()} | {
    _squeezed(word): group for group, words in GROUPS.items() for word in words.split()
}
NEARLY: Final = {
    near: GROUP_OF[word]
    for words in GROUPS.values()
    for word in {_squeezed(each) for each in words.split()}
    if len(word) >= LEAST_FOR_A_MISTAKE
    for near in _without_one(word)
}


@lru_cache(maxsize=50_000)
def _group(word: str) -> str:
    """What a general word is used for; also of one that is misspelt by one letter."""
    if word[0].isdigit():
        return GROUP_OF.get(_squeezed(word), A_NUMBER)
    plain = _squeezed(word)
    if known := GROUP_OF.get(plain) or NEARLY.get(plain):
        return known
    if len(plain) < LEAST_FOR_A_MISTAKE or len(plain) > 20:
        return UNKNOWN
    shorter = _without_one(plain)
    return next(
        (
            group
            for each in shorter
            if (group := NEARLY.get(each))
            or (len(each) >= LEAST_FOR_A_MISTAKE and (group := GROUP_OF.get(each)) in GROUPS)
        ),
        UNKNOWN,
    )


_MANNERS: Final = {
    "links": ("no link", "one link", "two links", "three links or more"),
    "exclamations": ("", "an exclamation mark", "two exclamation marks", "many exclamation marks"),
    "numbers": ("", "a number", "two numbers", "many numbers"),
}


def describe_feature(feature: str, shown: str = "") -> str:
    """How a feature is told to a moderator; empty for one that says nothing to a person.

    Args:
        shown: the words of the comment that show it; without them, examples stand for their group.
    """
    kind, _, value = feature.partition(":")
    if kind in {"groups", "together"}:
        joined = " … " if kind == "together" else " "
        return f"“{shown or joined.join(_example(group) for group in value.split())}”"
    if kind == "word":
        return f"“{value}”"
    if kind in {"link word", "link to"}:
        return f"a link with “{shown or _example(value)}”"
    if kind == "links alone":
        return "a link and hardly a word"
    if kind == "capitals":
        return "many capital letters" if int(value) > 1 else ""
    if kind == "length":
        return "very short" if int(value) <= 2 else ""
    return _MANNERS[kind][int(value)] if kind in _MANNERS else ""


def _example(group: str) -> str:
    return {UNKNOWN: "…", A_NUMBER: "1"}.get(group) or GROUPS.get(group, group).split()[0]
