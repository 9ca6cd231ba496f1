"""Tables for spreadsheets: no cell is run as a formula, and what comes back is what went out."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from iria.core.text.csv_export import FORMULAS, as_csv, as_it_was

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@given(st.one_of(CELL, st.builds("".join, st.tuples(st.sampled_from(FORMULAS), CELL))))
def test_no_cell_is_run_and_each_can_be_read_again(typed: str) -> None:
    _, line = as_csv(["cell"], [[typed]])
    ((cell,),) = csv.reader([line]) if typed else [[""]]
    assert not cell.startswith(FORMULAS)
    if not typed.startswith("'"):
        assert as_it_was(cell) == typed


def test_an_apostrophe_of_somebodys_own_stays() -> None:
    assert as_it_was("'t Hooft") == "'t Hooft"
