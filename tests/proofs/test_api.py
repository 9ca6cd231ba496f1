"""Requests that the OpenAPI document allows or forbids, with schemathesis.

Every response must match the document: status, headers, media type and
schema. `make prove-small` always runs the same examples; `make prove api` runs more, random ones.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case as AnyCase
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from articles.editorial.models import Article
from iria.wsgi import application
from tests.articles.api.conftest import full_article as full_article
from tests.proofs.size import FULL, sized

pytestmark = [pytest.mark.proof, pytest.mark.django_db]

Case = AnyCase[Any]
BOTH: Final = list(GenerationMode)
RESOURCES: Final = ("articles", "categories", "tags", "authors", "pictures", "comments")

many = settings(
    max_examples=sized(10, 300),
    deadline=None,
    derandomize=not FULL,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def interface(full_article: Article, settings: Any) -> Iterator[BaseSchema]:
    settings.API_RATE_LIMIT = settings.SEARCH_RATE_LIMIT = 10**9
    settings.ALLOWED_HOSTS = ["*"]
    settings.SECURE_SSL_REDIRECT = False
    # Like Django's test client, keeps the transaction of the test open.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def check_response(case: Case) -> None:
    """Checks that the response matches the document.

    A valid parameter may still refer to nothing (a missing tag, an unknown cursor);
    the error is documented, so `positive_data_acceptance` does not apply.
    """
    case.call_and_validate(
        excluded_checks=[positive_data_acceptance], headers={"Accept-Encoding": "identity"}
    )


@pytest.mark.parametrize("rest", ["", "{number}/"])
@pytest.mark.parametrize("resource", RESOURCES)
def test_every_response_matches_the_document(
    interface: BaseSchema, resource: str, rest: str
) -> None:
    operation = interface[f"/api/v1/{resource}/{rest}"]["GET"]
    for case in islice(_edges(operation), sized(40, None)):
        check_response(case)

    @many
    @given(st.one_of([operation.as_strategy(mode) for mode in BOTH]))
    def anything(case: Case) -> None:
        check_response(case)

    anything()


def _edges(operation: APIOperation[Any, Any, Any, Any]) -> Iterator[Case]:
    """Parameters at and beyond their limits, and unsupported methods."""
    cases: Iterator[Case] = operation.schema.iter_coverage_cases(
        operation,
        generation_modes=BOTH,
        generation_config=operation.schema.config.generation_for(operation=operation),
    )
    return cases
