"""Everything that nobody meant is sent to every address, of which `make prove-small` deals each a share."""

import logging
from collections.abc import Iterator

import pytest

from tests.iria.conftest import anybody, parts
from tests.iria.test_no_500 import (
    test_no_body_breaks_a_page_or_leads_away,
    test_no_body_breaks_the_pages_of_an_account,
    test_no_part_of_an_address_breaks_a_page,
    test_no_query_breaks_a_page_or_leads_away,
    test_what_cannot_be_had_is_answered_in_words_wherever_it_is_asked_for,
)
from tests.iria.test_no_500_in_admin import (
    desk,
    test_no_body_breaks_the_admin,
    test_no_field_of_a_form_breaks_the_admin,
    test_no_filter_breaks_a_list,
    test_no_part_of_an_address_breaks_the_admin,
    test_no_query_breaks_the_forms_of_the_admin,
)
from tests.proofs.size import FULL

__all__ = [
    "anybody",
    "desk",
    "parts",
    "test_no_body_breaks_a_page_or_leads_away",
    "test_no_body_breaks_the_admin",
    "test_no_body_breaks_the_pages_of_an_account",
    "test_no_field_of_a_form_breaks_the_admin",
    "test_no_filter_breaks_a_list",
    "test_no_part_of_an_address_breaks_a_page",
    "test_no_part_of_an_address_breaks_the_admin",
    "test_no_query_breaks_a_page_or_leads_away",
    "test_no_query_breaks_the_forms_of_the_admin",
    "test_what_cannot_be_had_is_answered_in_words_wherever_it_is_asked_for",
]
pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="the tests of the same names have sent each its share"),
]


@pytest.fixture(autouse=True)
def _unheard() -> Iterator[None]:
    """Each refusal is logged, and there are a hundred thousand."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)
