"""Classification of bounces by their text: without status codes and reports, and without the rules of a system."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from newsletter.bounces.parser import Reason, classifier, formats, read, reasons
from newsletter.bounces.parser.classifier import split_body
from newsletter.bounces.parser.mime import parse_message
from tests.newsletter.bounces.test_parser import expected_kind
from tests.shared import shared_data

pytestmark = pytest.mark.proof

MIN_WITHOUT_CODES: Final = 0.92
STATUS_PART: Final = re.compile(r"(?i)content-type:\s*message/(?:global-)?delivery-status")
BOUNDARY: Final = re.compile(r'(?i)boundary\s*=\s*"?([^"\s;]+)')
ENHANCED: Final = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]|\.\d)")
REPLY: Final = re.compile(r"(?<![\w./:-])[245][0-5]\d(?=[\s\-:;]|$)")
NUMBERED: Final = re.compile(r"[-_]\d+\.(?:eml|txt)$")

type Place = tuple[str, str]
"""A table of patterns and one alternative of it."""


class Message(NamedTuple):
    name: str
    raw: bytes
    label: Any

    @property
    def system(self) -> str:
        """The mail system, by the name of the file."""
        name = NUMBERED.sub("", Path(self.name).name)
        return re.sub(r"^[lr]host-", "", name)


@cache
def messages() -> tuple[Message, ...]:
    data = shared_data("bounces")
    found = []
    for folder in ("sisimai", "flufl"):
        for label in json.loads((data / f"{folder}_labels.json").read_text("utf-8")):
            path = data / folder / label["file"]
            found.append(Message(label["file"], path.read_bytes(), label))
    return tuple(found)


def labelled() -> list[Message]:
    """Messages whose label has a kind."""
    return [each for each in messages() if "verdicts" in each.label]


def without_codes(raw: bytes) -> bytes:
    """The message without machine-readable reports and status codes."""
    lines = raw.decode("latin-1").replace("\r\n", "\n").split("\n")
    boundaries = {f"--{each}" for each in BOUNDARY.findall("\n".join(lines))}

    def ends_part(line: str) -> bool:
        return line.rstrip() in boundaries or line.rstrip().removesuffix("--") in boundaries

    remaining: list[str] = []
    at = 0
    while at < len(lines):
        if lines[at].rstrip() in boundaries:
            head = at + 1
            while head < len(lines) and lines[head].strip():
                head += 1
            if STATUS_PART.search("\n".join(lines[at + 1 : head])):
                at = next((n for n in range(head, len(lines)) if ends_part(lines[n])), len(lines))
                continue
        remaining.append(lines[at])
        at += 1
    return REPLY.sub("", ENHANCED.sub("", "\n".join(remaining))).encode("latin-1")


def alternatives(pattern: str) -> list[str]:
    """The top-level alternatives of a pattern."""
    found, depth, in_class, start, at = [], 0, False, 0, 0
    while at < len(pattern):
        character = pattern[at]
        if character == "\\":
            at += 2
            continue
        if in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
            at += (
                pattern[at + 1 : at + 3].startswith("]")
                + pattern[at + 1 : at + 3].startswith("^]") * 2
            )
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and depth == 0:
            found.append(pattern[start:at])
            start = at + 1
        at += 1
    return [*found, pattern[start:]]


HEADS: Final[dict[str, tuple[Any, Callable[[bytes], str]]]] = {
    "BOUNCE_SUBJECT": (classifier, lambda raw: parse_message(raw).headers.decoded("subject")),
    "SERVER": (classifier, lambda raw: parse_message(raw).headers.decoded("from")),
    "COMPLAINT_SUBJECT": (classifier, lambda raw: parse_message(raw).headers.decoded("subject")),
    "FAILING": (
        formats,
        lambda raw: (
            f"{split_body(parse_message(raw))[0]} {parse_message(raw).headers.decoded('subject')}"
        ),
    ),
}
"""Patterns, their module, and the part of a message that they match."""


def without_flag(pattern: re.Pattern[str]) -> str:
    return pattern.pattern.removeprefix("(?i)")


def rules() -> Iterator[tuple[Place, re.Pattern[str]]]:
    for number, (_, phrases) in enumerate(reasons.PHRASES):
        for phrase in phrases:
            for each in alternatives(phrase):
                yield (f"{number}", each), re.compile(each, re.IGNORECASE)
    for name, (module, _) in HEADS.items():
        for each in alternatives(without_flag(getattr(module, name))):
            yield (name, each), re.compile(each, re.IGNORECASE)


@cache
def systems_of_rules() -> dict[Place, frozenset[str]]:
    """Rule → the systems whose messages it matches."""
    texts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    by_phrase = reasons.by_phrase
    for message in messages():

        def record(text: str, system: str = message.system) -> Reason | None:
            texts["reasons"].append((system, reasons.plain_words(text)))
            return by_phrase(text)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reasons, "by_phrase", record)
            for raw in (message.raw, without_codes(message.raw)):
                read(raw)
                for name, (_, text_of) in HEADS.items():
                    texts[name].append((message.system, text_of(raw)))
    return {
        place: frozenset(
            system for system, text in texts.get(place[0], texts["reasons"]) if pattern.search(text)
        )
        for place, pattern in rules()
    }


def remove_rules(system: str, patch: pytest.MonkeyPatch) -> int:
    """Removes the rules that match messages of this system only; returns their number."""
    removed = {place for place, systems in systems_of_rules().items() if systems == {system}}
    remaining = []
    for number, (reason, phrases) in enumerate(reasons.PHRASES):
        left = [
            each
            for phrase in phrases
            for each in alternatives(phrase)
            if (f"{number}", each) not in removed
        ]
        remaining.append((reason, reasons.any_of(left or ["(?!)"])))
    patch.setattr(reasons, "PATTERNS", tuple(remaining))
    reasons.by_phrase.cache_clear()
    for name, (module, _) in HEADS.items():
        left = [
            each
            for each in alternatives(without_flag(getattr(module, name)))
            if (name, each) not in removed
        ]
        patch.setattr(module, name, re.compile("|".join(left), re.IGNORECASE))
    return len(removed)


def test_the_kind_is_recognised_without_codes_and_reports() -> None:
    right, wrong = 0, []
    for message in labelled():
        kind = read(without_codes(message.raw)).kind
        if kind == expected_kind(message.label):
            right += 1
        else:
            wrong.append(f"{message.name} ({kind})")
    others = [each for each in messages() if "verdicts" not in each.label]
    same = sum(read(each.raw).kind == read(without_codes(each.raw)).kind for each in others)
    print(f"without codes and reports: {right} of {len(labelled())} have the kind of their label")
    print(f"and {same} of {len(others)} that have no such label keep the kind they had")
    print(f"not told: {', '.join(wrong)}")
    assert right / len(labelled()) >= MIN_WITHOUT_CODES
    assert same / len(others) >= MIN_WITHOUT_CODES


def test_all_codes_and_reports_are_removed() -> None:
    for message in messages():
        left = without_codes(message.raw).decode("latin-1")
        assert not ENHANCED.search(left)
        assert not REPLY.search(left)


def test_a_system_is_recognised_without_its_own_rules() -> None:
    by_system: dict[str, list[Message]] = defaultdict(list)
    for message in labelled():
        by_system[message.system].append(message)
    total = {"whole": 0, "without codes": 0}
    print(f"\n{'system':>20} {'messages':>8} {'rules out':>9} {'whole':>8} {'without codes':>14}")
    for system, theirs in sorted(by_system.items()):
        with pytest.MonkeyPatch.context() as patch:
            removed = remove_rules(system, patch)
            right = {
                "whole": sum(read(m.raw).kind == expected_kind(m.label) for m in theirs),
                "without codes": sum(
                    read(without_codes(m.raw)).kind == expected_kind(m.label) for m in theirs
                ),
            }
        for name, count in right.items():
            total[name] += count
        shares = [f"{count / len(theirs):.2f}" for count in right.values()]
        print(f"{system:>20} {len(theirs):>8} {removed:>9} {shares[0]:>8} {shares[1]:>14}")
    reasons.by_phrase.cache_clear()
    for name, count in total.items():
        print(f"{name}: {count} of {len(labelled())}, {count / len(labelled()):.3f}")
    assert total["whole"] / len(labelled()) >= 0.9


def test_patterns_are_split_at_top_level_alternatives() -> None:
    assert alternatives(r"a|(?:b|c)d|[|]e|\|f") == ["a", "(?:b|c)d", "[|]e", r"\|f"]
