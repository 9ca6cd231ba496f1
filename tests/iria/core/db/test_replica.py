"""Public pages are read from the replica only where that makes no difference."""

from collections.abc import Iterator

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, router
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.editorial.models import Article
from iria.core.db import replica as module
from iria.core.db.backend import base
from iria.core.db.backend.base import DatabaseWrapper
from iria.core.db.queries import TookTooLong, time_limit
from iria.core.db.replica import ALIAS, LATE, Replica, Router, reading
from iria.core.http.cache_versions import CONTENT, VERSIONS, current_versions
from tests import newsroom

NEVER_LATE = "SELECT %s::text IS NULL AND %s::int IS NULL"


def configure(monkeypatch: pytest.MonkeyPatch, **changed: str) -> None:
    values = connections.settings[DEFAULT_DB_ALIAS] | changed
    monkeypatch.setitem(connections.settings, ALIAS, values)
    # Under the name of the other one, since tests may not use a second database.
    connections[ALIAS] = DatabaseWrapper(values, DEFAULT_DB_ALIAS)


@pytest.fixture
def replica(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[Replica]:
    """A second connection to the database of the tests, in place of a replica."""
    configure(monkeypatch)
    monkeypatch.setattr(module, "LATE", NEVER_LATE)
    # A busy machine may take as long as a server is left alone.
    monkeypatch.setattr(module, "RETRY_SECONDS", 600)
    monkeypatch.setattr(router, "routers", [Router()])
    created = Replica()
    monkeypatch.setattr("iria.core.http.page_cache.replica", created)
    yield created
    connections[ALIAS].close()
    del connections[ALIAS]


def test_all_but_public_pages_reads_from_the_primary(replica: Replica) -> None:
    assert Article.objects.all().db == DEFAULT_DB_ALIAS
    assert reading.alias == DEFAULT_DB_ALIAS


def test_inside_a_page_only_reads_go_to_the_replica(replica: Replica) -> None:
    def render() -> tuple[str, str, str]:
        return Article.objects.all().db, reading.alias, router.db_for_write(Article)

    assert replica.read(render) == (ALIAS, ALIAS, DEFAULT_DB_ALIAS)


def test_a_cached_row_does_not_choose_the_database(replica: Replica) -> None:
    newsroom.published()
    article = replica.read(lambda: Article.objects.get())
    assert article._state.db == ALIAS
    assert router.db_for_read(Article, instance=article) == DEFAULT_DB_ALIAS


def test_a_page_is_rendered_again_if_the_replica_stops(replica: Replica) -> None:
    def render() -> str:
        if reading.alias == ALIAS:
            raise OperationalError
        return "from the primary"

    assert replica.read(render) == "from the primary"


def test_a_replica_with_the_same_versions_is_used(replica: Replica) -> None:
    newsroom.published()
    versions = current_versions([CONTENT])
    assert replica.has(versions, VERSIONS, [CONTENT])
    assert not replica.has([(CONTENT, versions[0][1] + 1)], VERSIONS, [CONTENT])


def test_a_server_that_replays_nothing_is_not_used(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LATE", LATE)
    assert not replica.has(current_versions([CONTENT]), VERSIONS, [CONTENT])


def test_a_replica_that_is_gone_is_left_alone_for_a_while(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, PORT="1")
    assert not replica.has(current_versions([CONTENT]), VERSIONS, [CONTENT])
    with CaptureQueriesContext(connection) as queries:
        assert not replica.has([], VERSIONS, [CONTENT])
    assert not queries.captured_queries


def test_a_replica_that_hangs_meanwhile_is_left_alone(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the pool makes with these settings, under which the tests have no pool.
    monkeypatch.setattr(base, "REPLICA_SECONDS", 0.05)
    connections[ALIAS].connect()
    parameters = connections[ALIAS].get_connection_params() | {"autocommit": True}
    connections[ALIAS].close()
    connections[ALIAS].connection = hanging = base.ReplicaConnection.connect(**parameters)
    session = hanging.info.backend_pid

    def render() -> str:
        with reading.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [30 if reading.alias == ALIAS else 0])
        return reading.alias

    assert replica.read(render) == DEFAULT_DB_ALIAS
    assert hanging.closed
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 60000)", [session])
    with CaptureQueriesContext(connection) as queries:
        assert not replica.has([], VERSIONS, [CONTENT])
    assert not queries.captured_queries


def test_a_query_that_fails_on_a_replica_that_answers_keeps_it(
    replica: Replica,
) -> None:
    def render() -> str:
        if reading.alias == ALIAS:
            with time_limit(1), reading.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(30)")
        return reading.alias

    with pytest.raises(TookTooLong):
        replica.read(render)
    assert replica.has([], VERSIONS, [])


def test_anonymous_readers_get_pages_from_the_replica(replica: Replica, client: Client) -> None:
    newsroom.published()
    with CaptureQueriesContext(connections[ALIAS]) as queries:
        assert client.get("/").status_code == 200
    assert len(queries.captured_queries) > 3


def test_the_search_reads_from_the_replica(replica: Replica, client: Client) -> None:
    newsroom.published("Harbour")
    with CaptureQueriesContext(connections[ALIAS]) as queries:
        assert client.get("/search/?q=harbour").status_code == 200
    assert any("searchlexeme" in each["sql"] for each in queries.captured_queries)


def test_signed_in_people_get_pages_from_the_primary(replica: Replica, client: Client) -> None:
    newsroom.published()
    client.cookies["sessionid"] = "any"
    with CaptureQueriesContext(connections[ALIAS]) as queries:
        assert client.get("/").status_code == 200
    assert not queries.captured_queries
