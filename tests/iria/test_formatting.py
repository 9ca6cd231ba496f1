"""The check of templates and stylesheets (`tests/formatting.py`)."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formatting import MAX_LINE_LENGTH, findings, format_stylesheet


def test_each_declaration_is_on_its_own_line() -> None:
    source = "a, b { color: red; margin: 0 }\n\n\n@media print { a { top: 0; left: 0; } }"
    assert format_stylesheet(source) == (
        "a, b {\n  color: red;\n  margin: 0;\n}\n\n"
        "@media print {\n  a {\n    top: 0;\n    left: 0;\n  }\n}\n"
    )


def test_a_rule_with_one_declaration_is_on_one_line() -> None:
    assert format_stylesheet("a\n{\n  color: red\n}") == "a { color: red; }\n"


def test_a_long_line_is_wrapped_after_a_comma() -> None:
    selectors = ", ".join(f".selector-{number}" for number in range(30))
    lines = format_stylesheet(f"{selectors} {{ color: red; }}").splitlines()
    assert max(map(len, lines)) <= MAX_LINE_LENGTH
    assert all(line.endswith(",") for line in lines[:-3])


@pytest.mark.parametrize(
    "rule",
    [
        'a::after { content: "a; b  {c}"; }',
        "a { background: url(data:image/png;base64,AAAA); }",
        "/* It's a; comment { */",
    ],
)
def test_strings_urls_and_comments_are_unchanged(rule: str) -> None:
    assert format_stylesheet(rule) == f"{rule}\n"


def test_a_comment_keeps_its_position() -> None:
    source = "/* Before. */\na {\n  top: 0; /* Behind. */\n  /* Between. */\n  left: 0;\n}\n"
    assert format_stylesheet(source) == source


@pytest.mark.parametrize("source", ['a { content: "; }', "a { top: 0;", "a { top: 0; } }"])
def test_an_invalid_stylesheet_is_an_error(source: str) -> None:
    with pytest.raises(ValueError, match="missing"):
        format_stylesheet(source)


DECLARATIONS = st.lists(
    st.sampled_from(["top:0", 'content: "; }"', "--x: a,\n b", "/* c */ left: 1px"])
)
RULES = st.builds(
    lambda selector, declarations, space: f"{selector}{{{f';{space}'.join(declarations)}}}{space}",
    st.sampled_from(["a", "a,\nb", '[href="a b"]', ":is(a, b)  c"]),
    DECLARATIONS,
    st.sampled_from(["", " ", "\n", "\n\n\n"]),
)


@given(st.lists(RULES))
def test_formatting_is_idempotent(rules: list[str]) -> None:
    once = format_stylesheet("".join(rules))
    assert format_stylesheet(once) == once


def test_long_lines_and_several_declarations_per_line_are_found(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>\n" + "x" * (MAX_LINE_LENGTH + 1) + "\n</p>\n")
    (tmp_path / "site.css").write_text("a { top: 0; left: 0; }\n")
    (tmp_path / "good.html").write_text("x" * MAX_LINE_LENGTH + "\n")
    assert ["page.html:2:" in each for each in findings(tmp_path / "page.html")] == [True]
    assert len(list(findings(tmp_path / "site.css"))) == 1
    assert list(findings(tmp_path / "good.html")) == []
