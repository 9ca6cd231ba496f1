"""Front matter: the fields at the beginning of a text, as YAML, TOML or JSON."""

import json
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

import yaml

from articles.body.sanitiser import UNSTORABLE
from iria.transfer.records import Unreadable

Value = str | list["Value"] | dict[str, "Value"]

FENCE: Final = re.compile(r"(?P<fence>---|\+\+\+)(?P<format>json|toml|yaml)?[ \t]*(?:\n|$)")
JSON_START: Final = re.compile(r"\{\s*(?:\"|\}\s*$)")
LONGEST: Final = 200_000
DEEPEST: Final = 12
MOST_VALUES: Final = 20_000
Loader: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Every value as text, without the types that YAML would guess, so that “no” and “12:30” stay as written."""


@dataclass(slots=True)
class Document:
    """A text and its fields, with lower-case names."""

    fields: dict[str, Value]
    body: str
    has_fields: bool = True
    is_guess: bool = False
    """Whether the encoding was guessed."""


def split(text: str) -> Document:
    """The front matter and what follows it.

    Raises:
        Unreadable: there is front matter, but it is broken.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if JSON_START.match(text):
        return _json(text)
    opened = FENCE.match(text)
    if opened is None:
        return Document({}, text, has_fields=False)
    ends = r"---|\.\.\." if opened["fence"] == "---" else r"\+\+\+"
    closed = re.compile(rf"^(?:{ends})[ \t]*$", re.MULTILINE).search(text, opened.end())
    if closed is None:
        # A line of its own at the beginning of a text without fields.
        return Document({}, text, has_fields=False)
    given = text[opened.end() : closed.start()]
    file_format = opened["format"] or ("yaml" if opened["fence"] == "---" else "toml")
    return Document(parse(given, file_format, first_line=2), text[closed.end() :].lstrip("\n"))


def parse(text: str, file_format: str, first_line: int = 1) -> dict[str, Value]:
    """The fields of a text in this format: yaml, toml or json.

    Raises:
        Unreadable
    """
    if len(text) > LONGEST:
        message = f"The fields have more than {LONGEST:,} characters."
        raise Unreadable(message, first_line)
    try:
        match file_format:
            case "yaml":
                found = yaml.load(text, Loader=Loader)  # noqa: S506 - it makes nothing but text
            case "toml":
                found = tomllib.loads(text)
            case _:
                found = json.loads(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"The YAML is broken: {error.problem or error.context}."
        raise Unreadable(message, first_line + mark.line if mark else first_line) from error
    except json.JSONDecodeError as error:
        message = f"The JSON is broken: {error.msg}."
        raise Unreadable(message, first_line + error.lineno - 1) from error
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"at line (\d+)", str(error))
        message = f"The TOML is broken: {re.sub(r' \(at .*', '', str(error))}."
        line = first_line + int(where[1]) - 1 if where else first_line
        raise Unreadable(message, line) from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        message = f"The fields cannot be read: {type(error).__name__}."
        raise Unreadable(message, first_line) from error
    return _fields(found, first_line)


def _json(text: str) -> Document:
    try:
        found, end = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        message = f"The JSON is broken: {error.msg}."
        raise Unreadable(message, error.lineno) from error
    except (ValueError, RecursionError) as error:
        message = "The JSON at the beginning cannot be read."
        raise Unreadable(message, 1) from error
    return Document(_fields(found, 1), text[end:].lstrip("\n"))


def _fields(found: Any, line: int) -> dict[str, Value]:
    if found is None or found == "":
        return {}
    if not isinstance(found, dict):
        message = "The front matter has no fields with names."
        raise Unreadable(message, line)
    value = _Reader(line).value(found)
    return value if isinstance(value, dict) else {}


@dataclass(slots=True)
class _Reader:
    """Counts, because aliases of YAML can name a value so often that a small file becomes a large one."""

    line: int
    count: int = field(default=0)

    def value(self, given: Any, depth: int = 0) -> Value:
        self.count += 1
        if self.count > MOST_VALUES or depth > DEEPEST:
            message = "The fields have too many values, or values too deep in each other."
            raise Unreadable(message, self.line)
        match given:
            case dict():
                return {
                    UNSTORABLE.sub("", str(key)).strip().lower(): self.value(each, depth + 1)
                    for key, each in given.items()
                }
            case list():
                return [self.value(each, depth + 1) for each in given]
            case bool():
                return "true" if given else "false"
            case datetime() | date() | time():
                return given.isoformat()
            case None:
                return ""
            case _:
                return UNSTORABLE.sub("", str(given))


def text_of(value: Value | None) -> str:
    """A value as one line of text; that of a list is its first."""
    match value:
        case str():
            return " ".join(value.split())
        case list():
            return text_of(value[0]) if value else ""
        case _:
            return ""


def texts_of(value: Value | None) -> list[str]:
    """Every text in a list, or the one; of fields in it, their `name`."""
    match value:
        case str():
            return [text] if (text := " ".join(value.split())) else []
        case list():
            return [text for each in value for text in texts_of(each)]
        case dict():
            return texts_of(value.get("name") or value.get("title"))
        case _:
            return []


def first_of(fields: dict[str, Value], *names: str) -> str:
    return next((found for each in names if (found := text_of(fields.get(each)))), "")
