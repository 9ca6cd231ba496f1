"""Any input gets results or an error message."""

import pytest
from django.db import connection
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.search import indexer
from articles.search.engine import InvalidQuery, ResultPage, search_articles
from articles.search.snippets import candidate_tokens, highlight, matches, snippet
from iria.core.db.queries import TookTooLong, time_limit
from tests import newsroom
from tests.proofs.size import sized

pytestmark = pytest.mark.django_db

OPERATORS = st.sampled_from(
    ['"', "-", " OR ", " or ", "(", ")", "|", "&", "!", ":*", "<->", "\\", "'", " "]
)
LIKE_QUERIES = st.lists(OPERATORS | st.text(max_size=8) | st.just("barge"), max_size=30).map(
    "".join
)


@pytest.fixture
def barge() -> None:
    for language in ("en", "fr", "ar", "ja"):
        article = newsroom.published("The barge", language=language)
        indexer.index_article(article.pk)


@given(query=st.text(max_size=520) | LIKE_QUERIES, page=st.integers() | st.text(max_size=12))
@settings(
    max_examples=sized(50, 150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_text_gets_results_or_a_message(barge: None, query: str, page: int | str) -> None:
    try:
        results, message = search_articles(query, page=page), ""
    except InvalidQuery as error:
        results, message = ResultPage(query), error.message
    assert message.endswith(".") or results.total >= len(results.hits)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # the connection still works


@given(
    text=st.text(alphabet="ab<>&\"'é \n-"), lexeme=st.text(alphabet="ab", min_size=1, max_size=3)
)
def test_a_snippet_contains_only_text_and_marks(text: str, lexeme: str) -> None:
    tokens = candidate_tokens(text, [lexeme])
    found = matches(tokens, {token.word: [lexeme] for token in tokens}, [lexeme])
    html = highlight(text, found)
    assert html.count("<mark>") == html.count("</mark>") == len(found)
    assert html.replace("<mark>", "").replace("</mark>", "") == escape(text)
    plain = snippet(text, found).replace("<mark>", "").replace("</mark>", "")
    assert all(piece.strip() in escape(text) for piece in plain.split("…"))


def test_a_slow_statement_is_cancelled_and_the_timeout_reset() -> None:
    with pytest.raises(TookTooLong), time_limit(50), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_slow_search_is_an_error(barge: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*args: object) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")
        return 0

    monkeypatch.setattr("articles.search.engine.TIMEOUT_MS", 50)
    monkeypatch.setattr("articles.search.engine.parse_query", slow)
    with pytest.raises(InvalidQuery, match="takes too long"):
        search_articles("barge")
