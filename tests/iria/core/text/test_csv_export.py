"""Tables for spreadsheets: no cell is run as a formula, and what comes back is what went out."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from iria.core.text.csv_export import FORMULAS, as_csv, unescape_formula

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@given(st.one_of(CELL, st.builds("".join, st.tuples(st.sampled_from(FORMULAS), CELL))))
def test_no_cell_is_run_and_each_can_be_read_again(typed: str) -> None:
    _, line = as_csv(["cell"], [[typed]])
    ((cell,),) = csv.reader([line]) if typed else [[""]]
    assert not cell.startswith(FORMULAS)
    if not typed.startswith("'"):
        assert unescape_formula(cell) == typed


def test_an_apostrophe_of_somebodys_own_stays() -> None:
    assert unescape_formula("'t Hooft") == "'t Hooft"
