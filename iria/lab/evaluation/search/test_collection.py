"""Test collections: documents, queries and relevance judgements."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import Any

from iria.lab.evaluation.records import Unreadable, read_lines, read_records


@dataclass(frozen=True, slots=True)
class Document:
    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A query, and the grade of each document; a grade above 0 is relevant."""

    text: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Score:
    """The scores of the ranking of one query."""

    ndcg: float
    """The discounted gain of the first ten documents, relative to the ideal ranking."""
    precision: float
    """Average precision: the mean of the precision at each relevant document."""
    recall: float
    """The share of relevant documents among the first hundred."""


def documents(folder: Path) -> Collection[Document]:
    """The documents of `documents.jsonl`; the last one of each id.

    Raises:
        Unreadable: it is missing, or a line is not a document.
    """
    all_documents = (
        Document(str(line["id"]), str(line.get("title") or ""), str(line.get("text") or ""))
        for line in _lines(folder / "documents.jsonl")
    )
    return {each.id: each for each in all_documents}.values()


def queries(folder: Path) -> list[Query]:
    """The queries of `queries.jsonl` that have a judgement in `qrels.tsv`.

    Raises:
        Unreadable: one of the two is missing, or a line cannot be read.
    """
    grades: dict[str, dict[str, int]] = {}
    file = folder / "qrels.tsv"
    for number, line in read_lines(file):
        parts = line.split("\t") if "\t" in line else line.split()
        try:
            query, document, grade = parts[0], parts[-2], int(float(parts[-1]))
        except (IndexError, ValueError) as error:
            if number == 1:
                continue  # the header
            raise Unreadable(
                f"{file}, line {number}, is not a query, document and grade."
            ) from error
        if grade > 0:
            grades.setdefault(query, {})[document] = grade
    return [
        Query(str(line.get("text") or ""), grades[str(line["id"])])
        for line in _lines(folder / "queries.jsonl")
        if str(line["id"]) in grades
    ]


def score(ranked: Sequence[str], grades: Mapping[str, int]) -> Score:
    """Scores a ranking, the best first, by the grades of the relevant documents."""
    ideal = sorted(grades.values(), reverse=True)
    hits, precision = 0, 0.0
    for rank, document in enumerate(ranked, 1):
        if document in grades:
            hits += 1
            precision += hits / rank
    return Score(
        ndcg=_gain([grades.get(each, 0) for each in ranked]) / _gain(ideal),
        precision=precision / len(grades),
        recall=sum(document in grades for document in ranked[:100]) / len(grades),
    )


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / log2(1 + rank) for rank, grade in enumerate(grades[:10], 1))


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for number, record in read_records(file):
        if "id" not in record:
            raise Unreadable(f"{file}, line {number}, has no id.")
        yield record
