"""Sends hostile requests to every URL: a tenth to each, `make prove` all, and `make test` fewer."""

import logging
from collections.abc import Iterator

import pytest

from tests.iria import url_requests
from tests.iria.conftest import anybody, parts
from tests.iria.test_no_500 import (
    test_an_unsupported_accept_header_causes_no_error,
    test_no_header_causes_an_error,
    test_no_naughty_string_breaks_the_search,
    test_no_part_of_a_url_causes_an_error,
    test_no_query_string_causes_an_error_or_a_redirect_away,
    test_no_request_body_breaks_the_account_pages,
    test_no_request_body_causes_an_error_or_a_redirect_away,
)
from tests.iria.test_no_500_in_admin import (
    admin_client,
    test_no_field_value_breaks_the_admin,
    test_no_filter_breaks_a_changelist,
    test_no_part_of_a_url_breaks_the_admin,
    test_no_query_string_breaks_the_admin_forms,
    test_no_request_body_breaks_the_admin,
)

__all__ = [
    "admin_client",
    "anybody",
    "parts",
    "test_an_unsupported_accept_header_causes_no_error",
    "test_no_field_value_breaks_the_admin",
    "test_no_filter_breaks_a_changelist",
    "test_no_header_causes_an_error",
    "test_no_naughty_string_breaks_the_search",
    "test_no_part_of_a_url_breaks_the_admin",
    "test_no_part_of_a_url_causes_an_error",
    "test_no_query_string_breaks_the_admin_forms",
    "test_no_query_string_causes_an_error_or_a_redirect_away",
    "test_no_request_body_breaks_the_account_pages",
    "test_no_request_body_breaks_the_admin",
    "test_no_request_body_causes_an_error_or_a_redirect_away",
]
pytestmark = pytest.mark.proof


@pytest.fixture(autouse=True)
def _more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(url_requests, "fewer", 1)


@pytest.fixture(autouse=True)
def _no_logging() -> Iterator[None]:
    """There would be a hundred thousand log lines."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)
