"""A test collection: articles, and the links between them."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Final

from articles.body.sanitiser import clean
from articles.body.tree import inner_html, parse
from iria.core.text.dates import in_utc
from iria.lab.evaluation.records import Unreadable, read_lines, read_records

WRITTEN_LINKS: Final = (
    re.compile(r"!?\[[^\]\n]*\]\([^)\n]*\)"),
    re.compile(r"!?\[[^\]\n]*\]\[[^\]\n]*\]"),
    re.compile(r"^[ \t]*\[[^\]\n]+\]:.*$", re.MULTILINE),
    re.compile(r"\{[%{].*?[%}]\}"),
    re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+"),
)
"""Links in Markdown and templates, with their text, and bare URLs."""

MIN_DATE: Final = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Document:
    """An article without its links and their text."""

    id: str
    title: str
    body: str
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    documents: list[Document]
    links: list[tuple[str, str]]
    linked: dict[str, set[str]] = field(default_factory=dict)
    """Article → linked articles, in both directions; only articles with links."""
    unreadable_dates: list[int] = field(default_factory=list)
    """Lines of `articles.jsonl` whose date cannot be read; these articles count as undated."""


def read(folder: Path) -> Collection:
    """Reads `articles.jsonl` and `links.tsv`.

    Raises:
        Unreadable: with the file and the line that cannot be read.
    """
    unreadable_dates: list[int] = []
    read_documents = _documents(folder / "articles.jsonl", unreadable_dates)
    documents = {document.id: document for document in read_documents}
    links = [
        (start, other)
        for start, other in _links(folder / "links.tsv")
        if start != other and start in documents and other in documents
    ]
    linked: dict[str, set[str]] = {}
    for start, other in links:
        linked.setdefault(start, set()).add(other)
        linked.setdefault(other, set()).add(start)
    if not linked:
        raise Unreadable(f"{folder / 'links.tsv'} contains no link between two of the articles.")
    return Collection(
        list(documents.values()), list(dict.fromkeys(links)), linked, unreadable_dates
    )


def without_links(record: dict[str, Any]) -> str:
    """The body of a record, without links and their text."""
    if html := record.get("html"):
        tree = parse(clean(_text(html)))
        for anchor in list(tree.iter("a")):
            anchor.drop_tree()
        return inner_html(tree)
    text = _text(record.get("text") or "")
    for pattern in WRITTEN_LINKS:
        text = pattern.sub(" ", text)
    blocks = (" ".join(block.split()) for block in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{escape(block, quote=False)}</p>" for block in blocks if block)


def _documents(file: Path, unreadable_dates: list[int]) -> list[Document]:
    documents = []
    for number, record in read_records(file):
        try:
            documents.append(_document(record))
            if record.get("date") and documents[-1].moment is None:
                unreadable_dates.append(number)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unreadable(f"{file}, line {number}: {error!r}") from error
    return documents


def _document(record: dict[str, Any]) -> Document:
    return Document(
        id=str(record["id"]),
        title=_text(record.get("title") or ""),
        body=without_links(record),
        tags=_names(record.get("tags")),
        categories=_names(record.get("categories")),
        authors=_names(record.get("authors")),
        moment=_moment(record.get("date")),
    )


def _links(file: Path) -> list[tuple[str, str]]:
    links: list[tuple[str, str]] = []
    for number, line in read_lines(file):
        columns = line.split("\t")
        if len(columns) < 2:
            raise Unreadable(f"{file}, line {number}: two columns required, from and to.")
        if links or columns[:2] != ["from", "to"]:
            links.append((columns[0].strip(), columns[1].strip()))
    return links


def _names(value: Any) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value or []
    return tuple(dict.fromkeys(name for each in names if (name := _text(each).strip())))


def _text(value: Any) -> str:
    return str(value).replace("\x00", " ").encode("utf-8", "replace").decode()


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return max(in_utc(moment) if moment.tzinfo else moment.replace(tzinfo=UTC), MIN_DATE)
