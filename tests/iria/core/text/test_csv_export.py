"""CSV export: no cell is a formula, and cells can be read back unchanged."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from iria.core.text.csv_export import FORMULAS, as_csv, unescape_formula

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@given(st.one_of(CELL, st.builds("".join, st.tuples(st.sampled_from(FORMULAS), CELL))))
def test_cells_are_escaped_and_can_be_read_back(value: str) -> None:
    _, line = as_csv(["cell"], [[value]])
    ((cell,),) = csv.reader([line]) if value else [[""]]
    assert not cell.startswith(FORMULAS)
    if not value.startswith("'"):
        assert unescape_formula(cell) == value


def test_other_apostrophes_are_kept() -> None:
    assert unescape_formula("'t Hooft") == "'t Hooft"
