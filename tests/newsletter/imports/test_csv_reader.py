"""Reading CSV files of any program."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from newsletter.imports.csv_reader import (
    NOT_CLOSED,
    ColumnMapping,
    Row,
    Table,
    email_and_name,
    is_email,
)

ROWS = [("e-mail", "name"), ("ola@readers.example", "Ölå"), ("mina@readers.example", "“Mina”")]


def csv_text(separator: str = ",", line_end: str = "\r\n") -> str:
    return "".join(separator.join(row) + line_end for row in ROWS)


def cells(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in Table.of(content).rows()]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_usual_format_is_parsed_alike(encoding: str, separator: str, line_end: str) -> None:
    assert cells(csv_text(separator, line_end).encode(encoding)) == ROWS


def test_the_separator_line_of_excel_is_used() -> None:
    table = Table.of(b"sep=|\r\na|b\r\nc|d\r\n")
    assert [row.cells for row in table.rows()] == [("a", "b"), ("c", "d")]
    assert [row.line for row in table.rows()] == [2, 3]


def test_quotes_line_breaks_and_separators_within_a_cell() -> None:
    content = b'a,"b, ""c""\nd",e\r\nf,g"h,i\r\n\r\nj,"",k'
    rows = list(Table.of(content).rows())
    assert [row.cells for row in rows] == [
        ("a", 'b, "c"\nd', "e"),
        ("f", 'g"h', "i"),
        ("j", "", "k"),
    ]
    assert [row.line for row in rows] == [1, 3, 5]


def test_an_unclosed_quotation_mark_costs_only_its_line() -> None:
    lines = ["a,b"] * 5 + ['c,"d'] + ["e,f"] * 300
    rows = list(Table.of("\n".join(lines).encode()).rows())
    broken = [row for row in rows if row.error]
    assert broken == [Row(6, (), NOT_CLOSED)]
    assert len(rows) == len(lines)


def test_a_row_of_a_million_characters_is_reported_and_skipped() -> None:
    rows = list(Table.of(b"a,b\n" + b"x" * 1_000_000 + b",y\nc,d\n").rows())
    assert [bool(row.error) for row in rows] == [False, True, False]


@given(
    some.binary(max_size=400)
    | some.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_no_bytes_make_reading_fail(content: bytes) -> None:
    table = Table.of(content)
    rows = list(table.rows())
    assert [row.line for row in rows] == sorted({row.line for row in rows})
    assert len(rows) <= len(table.lines)
    ColumnMapping.guessed(rows)


@given(
    some.lists(
        some.tuples(
            *[some.text(some.characters(exclude_categories=["Cs", "Cc"]), max_size=12)] * 2
        ),
        min_size=1,
        max_size=8,
    )
)
def test_quoted_cells_round_trip(rows: list[tuple[str, str]]) -> None:
    quoted = [["x@y.example", *row] for row in rows]
    text = "\n".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in quoted
    )
    found = [list(row.cells) for row in Table.of(b"\xef\xbb\xbf" + text.encode()).rows()]
    assert found == quoted


@pytest.mark.parametrize(
    ("header", "first", "expected"),
    [
        ("Name;E-Mail-Adresse;Sprache", "Ola;ola@x.example;de", ColumnMapping(1, 0, 2)),
        ("E-Mail,Status", "ola@x.example,aktiv", ColumnMapping(0, state=1)),
        ("EMAIL,FNAME", "ola@x.example,Ola", ColumnMapping(0, 1)),
        ("Prénom,Adresse e-mail", "Ola,ola@x.example", ColumnMapping(1, 0)),
        ("id,what", "1,ola@x.example", ColumnMapping(1)),
        (
            "email,active_subscription,email_disabled",
            "ola@x.example,false,true",
            ColumnMapping(0, gone=2),
        ),
        (
            "email,status,unsubscribed_at",
            "ola@x.example,active,2024-05-01",
            ColumnMapping(0, state=1),
        ),
        ("Ola <ola@x.example>", "Mina <mina@x.example>", ColumnMapping(0, has_header=False)),
        ("Ola,ola@x.example", "Mina,mina@x.example", ColumnMapping(1, has_header=False)),
    ],
)
def test_columns_are_detected(header: str, first: str, expected: ColumnMapping) -> None:
    rows = list(Table.of(f"{header}\n{first}\n".encode()).rows())
    assert ColumnMapping.guessed(rows) == expected


@pytest.mark.parametrize(
    ("cell", "address", "name"),
    [
        ("Ola Lind <ola@readers.example>", "ola@readers.example", "Ola Lind"),
        (' "Ola Lind"   < ola@readers.example > ', "ola@readers.example", "Ola Lind"),
        ("<mailto:ola@readers.example>", "ola@readers.example", ""),
        ("ola@readers.example", "ola@readers.example", ""),
    ],
)
def test_an_address_may_follow_a_name(cell: str, address: str, name: str) -> None:
    assert is_email(cell)
    assert email_and_name(cell) == (address, name)


@pytest.mark.parametrize("made_of", [" ", "a@.", "<", "a<b@", "' ", "a "])
def test_a_cell_made_for_backtracking_is_no_address(made_of: str) -> None:
    """With a backtracking pattern, each of these would take hours."""
    cell = f"x{made_of * 100_000}x y"
    assert not is_email(cell)
    assert email_and_name(cell) == (cell, "")


@given(some.text("a@. ", max_size=9))
def test_a_cell_is_an_address_by_the_simplest_pattern(cell: str) -> None:
    """That pattern takes cubic time, which is why the reader has another."""
    assert is_email(cell) == bool(re.match(r"\S+@\S+\.\S+\Z", cell.strip()))
