"""The content API asked for whatever its own document allows, and for what it forbids.

No answer breaks, and none is one that the document does not know: status, headers, media type and
shape. Small in `make prove-small`, always the same; `make prove api` asks for more, anew each time.
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
THINGS: Final = ("articles", "categories", "tags", "authors", "pictures", "comments")

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
    # As Django's own test client does: the connection holds the transaction of this test.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def holds(case: Case) -> None:
    """The answer is one that the document knows.

    A word that fits its form may still name nothing (a tag that is not there, a cursor of nobody);
    that it is refused is documented, so `positive_data_acceptance` says nothing here.
    """
    case.call_and_validate(
        excluded_checks=[positive_data_acceptance], headers={"Accept-Encoding": "identity"}
    )


@pytest.mark.parametrize("rest", ["", "{number}/"])
@pytest.mark.parametrize("thing", THINGS)
def test_every_answer_is_one_that_the_document_knows(
    interface: BaseSchema, thing: str, rest: str
) -> None:
    operation = interface[f"/api/v1/{thing}/{rest}"]["GET"]
    for case in islice(_edges(operation), sized(40, None)):
        holds(case)

    @many
    @given(st.one_of([operation.as_strategy(mode) for mode in BOTH]))
    def anything(case: Case) -> None:
        holds(case)

    anything()


def _edges(operation: APIOperation[Any, Any, Any, Any]) -> Iterator[Case]:
    """Each parameter at the edges of what it may be, and beyond; methods that there are not."""
    cases: Iterator[Case] = operation.schema.iter_coverage_cases(
        operation,
        generation_modes=BOTH,
        generation_config=operation.schema.config.generation_for(operation=operation),
    )
    return cases
