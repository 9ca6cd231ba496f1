"""Stored public pages: sent again without a query, and no longer once what they show has changed."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from threading import Event
from types import SimpleNamespace
from typing import Any, Final
from unittest import mock

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from psycopg import Notify
from psycopg.conninfo import conninfo_to_dict

from accounts.models import AuthorProfile, User
from articles.comments.models import Comment
from articles.editorial import publishing, translations
from articles.editorial.checklist import NotReady
from articles.editorial.models import Article, Category
from articles.editorial.publishing import publish_changes
from articles.editorial.versions.drafts import open_for_editing, save
from articles.images.models import Image
from iria.core.db import outage
from iria.core.http import change_listener
from iria.core.http.change_listener import ChangeListener, connection_string, listener
from iria.core.http.page_cache import public_page
from iria.core.http.page_store import PageStore, StoredPages, known_query, pages
from iria.environment import Env
from iria.publication.models import Publication
from tests import newsroom

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

SECONDS: Final = 20
"""Far more than a notification takes; a busy machine is slow."""
GZIP: Final = {"Accept-Encoding": "gzip"}


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    settings.PAGE_STORE_MB = 32
    # A busy machine may leave the thread waiting for longer than a server does.
    monkeypatch.setattr(change_listener, "SILENCE_SECONDS", 3 * SECONDS)
    pages.clear()
    listener.start()
    wait_for(listener.is_current)
    yield
    listener.stop()
    pages.clear()


def settle() -> None:
    """Waits until every change that was committed is known; notifications arrive in that order."""
    before = listener.number
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('iria_change', 'test')")
    wait_for(lambda: listener.has_changed(["test"], before))
    wait_for(listener.is_current)


def is_stored(client: Client, url: str) -> bool:
    """Whether a page is answered without a query, once every change is known."""
    settle()
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return not queries.captured_queries


def rendered(url: str, query: str = "") -> Any:
    """The page, not from the store."""
    with override_settings(PAGE_STORE_MB=0):
        return Client().get(url, QUERY_STRING=query)


@pytest.mark.usefixtures("listening")
def test_a_stored_page_is_sent_unchanged_and_without_a_query(client: Client) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    settle()
    first = client.get(url)
    assert is_stored(client, url)
    again = client.get(url)
    assert again.content == first.content
    assert dict(again.headers) == dict(first.headers)


@pytest.mark.usefixtures("listening")
def test_a_browser_with_the_page_gets_304_without_a_query(client: Client) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    settle()
    first = client.get(url)
    settle()
    with CaptureQueriesContext(connection) as queries:
        again = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, len(queries)) == (304, b"", 0)
    assert again["ETag"] == first["ETag"]


@pytest.mark.usefixtures("listening")
def test_an_edit_that_a_page_does_not_show_leaves_its_etag(client: Client) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    settle()
    before = client.get(url)["ETag"]
    newsroom.picture(credit="Nobody")
    settle()
    pages.clear()
    assert client.get(url)["ETag"] == before
    assert client.get(url, headers={"If-None-Match": before}).status_code == 304
    Article.objects.update(headline="Loud")
    settle()
    again = client.get(url, headers={"If-None-Match": before})
    assert (again.status_code, again["ETag"] == before) == (200, False)


@pytest.mark.usefixtures("listening")
def test_the_headers_of_a_page_are_answered_from_the_store(client: Client) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    settle()
    client.head(url)
    assert not pages
    first = client.get(url)
    settle()
    with CaptureQueriesContext(connection) as queries:
        again = client.head(url)
    assert (again.content, dict(again.headers), len(queries)) == (b"", dict(first.headers), 0)


@pytest.mark.parametrize(
    ("query", "known"),
    [("text=summary&a=b", "text=summary"), ("text=other", ""), ("text=", ""), ("page=2", "page=2")],
)
def test_only_known_values_of_a_parameter_tell_pages_apart(
    rf: RequestFactory, query: str, known: str
) -> None:
    assert known_query(rf.get(f"/feed/?{query}"), ("text=summary", "page")) == known


@pytest.mark.usefixtures("listening")
def test_parameters_that_a_view_does_not_read_make_no_other_page(client: Client) -> None:
    newsroom.published("Quiet")
    settle()
    client.get("/archive/")
    for query in ("?utm_source=mail&utm_medium=x", "?z=1"):
        assert is_stored(client, f"/archive/{query}"), query
    client.get("/feed/?text=summary")
    assert is_stored(client, "/feed/?fbclid=1&text=full&text=summary")
    client.get("/feed/")
    assert is_stored(client, "/feed/?text=other")
    assert len(pages) == 3


@pytest.mark.usefixtures("listening")
def test_a_page_with_text_of_the_reader_is_not_stored(client: Client) -> None:
    newsroom.published("Quiet")
    settle()
    for url in ("/search/feed/?q=quiet", "/search/suggest/?q=qui", "/api/v1/articles/?limit=3"):
        assert client.get(url).status_code == 200
    assert not pages


@pytest.mark.usefixtures("listening")
def test_without_the_listener_an_unchanged_page_is_not_rendered(client: Client) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    settle()
    first = client.get(url)
    with mock.patch.object(listener, "is_current", return_value=False):
        with CaptureQueriesContext(connection) as queries:
            again = client.get(url)
        assert (again.content, dict(again.headers)) == (first.content, dict(first.headers))
        # For the scope of its comments, and the versions.
        assert len(queries) == 2
        assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.usefixtures("listening")
def test_a_page_is_compressed_once(client: Client) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    settle()
    plain, first = client.get(url), client.get(url, headers=GZIP)
    with mock.patch("gzip.compress") as compress:
        again = client.get(url, headers=GZIP)
    assert again["Content-Encoding"] == "gzip"
    assert again.content == first.content
    assert not compress.called
    assert client.get(url).content == plain.content


@pytest.mark.usefixtures("listening")
def test_an_edited_article_is_shown_and_other_articles_stay_stored(client: Client) -> None:
    section = newsroom.category("Sea")
    article = newsroom.published("Quiet", categories=[section])
    others = [newsroom.published(f"Other {number}") for number in range(3)]
    shown = ["/", article.get_absolute_url(), section.get_absolute_url()]
    unrelated = newsroom.published("Alone", language="fr")
    settle()
    for url in [
        *shown,
        unrelated.get_absolute_url(),
        *(each.get_absolute_url() for each in others),
    ]:
        client.get(url)
        assert is_stored(client, url)
    Article.objects.filter(pk=article.pk).update(headline="Loud", body="<p>A storm.</p>")
    for url in shown:
        assert not is_stored(client, url), url
        assert b"Loud" in client.get(url).content
    assert is_stored(client, unrelated.get_absolute_url())


@pytest.mark.usefixtures("listening")
def test_an_edited_text_leaves_pages_with_the_headline_stored(client: Client) -> None:
    article = newsroom.published("Quiet")
    other = newsroom.published("Other")
    settle()
    for url in ["/", other.get_absolute_url(), article.get_absolute_url()]:
        assert b"Quiet" in client.get(url).content
    Article.objects.filter(pk=article.pk).update(body="<p>A storm.</p>")
    settle()
    assert b"A storm." in client.get(article.get_absolute_url()).content
    assert is_stored(client, "/")
    assert is_stored(client, other.get_absolute_url())


@pytest.mark.usefixtures("listening")
def test_a_list_follows_the_translations_of_its_articles(client: Client, edna: User) -> None:
    article = newsroom.published("Ferries", language="en")
    other = newsroom.draft("Les bacs", language="fr")
    translations.link(other, article)
    for publish in (None, publishing.publish, publishing.unpublish):
        if publish:
            publish(other, by=edna)
        settle()
        for url in ("/", "/category/news/"):
            is_named = b'class="card-languages"' in client.get(url).content
            assert is_named == (publish is publishing.publish)


@pytest.mark.usefixtures("listening")
def test_a_comment_concerns_the_page_of_its_article_only(client: Client) -> None:
    article, other = newsroom.published("Quiet"), newsroom.published("Other")
    settle()
    for url in (article.get_absolute_url(), other.get_absolute_url()):
        client.get(url)
    Comment.objects.create(article=article, name="Ola", text="Well.", state="approved")
    assert not is_stored(client, article.get_absolute_url())
    assert is_stored(client, other.get_absolute_url())
    assert b"Well." in client.get(article.get_absolute_url()).content


@pytest.mark.usefixtures("listening")
def test_a_page_ends_with_the_licence_of_its_image(client: Client) -> None:
    end = timezone.now() + timedelta(hours=1)
    newsroom.published("Quiet", lead_image=newsroom.picture(licence_until=end))
    settle()
    client.get("/")
    assert is_stored(client, "/")
    with mock.patch("django.utils.timezone.now", return_value=end + timedelta(seconds=1)):
        assert not is_stored(client, "/")


@pytest.mark.usefixtures("listening")
def test_without_the_listener_pages_are_checked_by_a_query(client: Client) -> None:
    article = newsroom.published("Quiet")
    settle()
    client.get("/")
    assert is_stored(client, "/")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query IN ('SELECT 1', 'LISTEN iria_change')"
        )
    Article.objects.filter(pk=article.pk).update(headline="Loud")
    wait_for(lambda: b"Loud" in client.get("/").content)
    wait_for(listener.is_current)
    assert b"Loud" in client.get("/").content


@pytest.mark.usefixtures("listening")
def test_a_page_that_was_current_when_it_was_requested_is_sent_at_the_end_of_an_outage(
    client: Client,
) -> None:
    url = newsroom.published("Kept").get_absolute_url()
    settle()
    stored = client.get(url)
    listener.stop()

    def unavailable(request: HttpRequest) -> HttpResponse:
        listener._expire_all()
        request.is_unavailable = True  # type: ignore[attr-defined]
        return HttpResponse(status=503)

    response = StoredPages(unavailable)(stored.wsgi_request)
    assert (response.status_code, response.getvalue()) == (200, stored.content)


@pytest.mark.usefixtures("listening")
def test_a_current_page_is_sent_while_the_database_is_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, withdrawn = newsroom.published("Kept"), newsroom.published("Withdrawn", language="fr")
    urls = [each.get_absolute_url() for each in (kept, withdrawn)]
    settle()
    answers = [client.get(url) for url in urls]
    Article.objects.filter(pk=withdrawn.pk).update(headline="Wrong")
    settle()
    listener.stop()

    def unavailable(request: HttpRequest) -> HttpResponse:
        request.is_unavailable = True  # type: ignore[attr-defined]
        return HttpResponse(status=503)

    current, outdated = (StoredPages(unavailable)(each.wsgi_request) for each in answers)
    assert (current.status_code, current.getvalue()) == (200, answers[0].content)
    assert outdated.status_code == 503

    # It is back for the listener, but requests get no connection yet.
    waits = Event()

    def wait_for_end(seconds: float) -> None:
        waits.set()
        time.sleep(0.01)

    away = SimpleNamespace(is_on=True, wait_for_end=wait_for_end)
    monkeypatch.setattr(outage, "current", away)
    listener.start()
    assert waits.wait(SECONDS)
    current = StoredPages(unavailable)(answers[0].wsgi_request)
    assert (current.status_code, current.getvalue()) == (200, answers[0].content)
    away.is_on = False
    wait_for(listener.is_current)


@pytest.mark.usefixtures("listening")
def test_nothing_private_is_stored(client: Client, edna: User) -> None:
    article = newsroom.published("Quiet")
    client.force_login(edna)
    settle()
    for url in (
        "/accounts/login/",
        "/admin/",
        f"/comments/new/?article={article.pk}",
        "/no-such-page/",
        "/accounts/state/",
        "/search/?q=quiet",
    ):
        client.get(url)
        client.get(url)
        assert not is_stored(client, url), url
    client.get("/")
    assert is_stored(Client(), "/")
    assert b"Edna" not in Client().get("/").content


@pytest.mark.parametrize(
    "headers", [{"Set-Cookie": "a=b"}, {"Vary": "Accept"}, {"Cache-Control": "private"}]
)
@pytest.mark.usefixtures("listening")
def test_an_answer_for_one_reader_is_not_stored(client: Client, headers: dict[str, str]) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    request = client.get(url).wsgi_request
    pages.clear()

    def answer(request_for_page: HttpRequest) -> HttpResponse:
        response = HttpResponse("Private", headers={"Cache-Control": "public"} | headers)
        response.freshness = object()  # type: ignore[attr-defined]
        if "Set-Cookie" in headers:
            response.set_cookie("a", "b")
        return response

    StoredPages(answer)(request)
    assert not pages


def test_the_pages_used_longest_ago_make_room() -> None:
    store, page = PageStore(), mock.Mock(size=400)
    for path in ("/a/", "/b/", "/a/", "/c/"):
        key = ("", False, path, "")
        if store.get(key) is None:
            store.put(key, page, 1000)
    assert [store.get(("", False, path, "")) is not None for path in ("/a/", "/b/", "/c/")] == [
        True,
        False,
        True,
    ]


def test_a_page_that_is_too_large_leaves_the_others() -> None:
    store, small, large = PageStore(), ("", False, "/a/", ""), ("", False, "/b/", "")
    store.put(small, mock.Mock(size=400), 1000)
    store.put(large, mock.Mock(size=1001), 1000)
    assert (store.get(small) is not None, store.get(large)) == (True, None)


@pytest.mark.usefixtures("listening")
def test_queries_that_are_quoted_alike_are_different_pages(client: Client) -> None:
    newsroom.published("Café")
    for query in ("q=Caf\xc3\xa9", "q=Caf%C3%83%C2%A9"):
        found = client.get("/search/feed/", QUERY_STRING=query)
        assert found.content == rendered("/search/feed/", query).content


def test_a_direct_connection_notices_a_lost_network_too(settings: Any) -> None:
    settings.DATABASE_DIRECT = Env.db_url_config(
        "postgres://iria:x@db.example:5433/iria?connect_timeout=9"
    )
    found = conninfo_to_dict(connection_string())
    assert (found["host"], found["port"], found["connect_timeout"]) == ("db.example", "5433", "9")
    assert found["tcp_user_timeout"] == str(connection.settings_dict["OPTIONS"]["tcp_user_timeout"])


def test_a_direct_connection_may_be_a_socket_as_iria_server_writes_it(settings: Any) -> None:
    settings.DATABASE_DIRECT = Env.db_url_config("postgres:////run/postgresql/iria")
    found = conninfo_to_dict(connection_string())
    assert (found["host"], found["dbname"]) == ("/run/postgresql", "iria")
    assert "user" not in found


def test_a_change_counts_while_the_scopes_are_looked_up(rf: RequestFactory) -> None:
    def scopes(request: HttpRequest) -> tuple[str, ...]:
        listener._count([Notify("iria_change", "structure", 1)])
        return ()

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("A page")

    with mock.patch.object(listener, "is_current", return_value=True):
        response: Any = public_page(also=scopes, by_row=True)(view)(rf.get("/"))
    assert listener.has_changed(response.freshness.scopes, response.freshness.since)


def test_a_change_counts_while_all_scopes_expire() -> None:
    listening = ChangeListener()
    listening._changed_at["article:1"] = listening._number = 1

    def scopes() -> Iterator[str]:
        listening._expire_all()
        yield "article:1"

    assert listening.has_changed(scopes(), 0)


def test_listening_goes_on_after_any_error(monkeypatch: pytest.MonkeyPatch) -> None:
    listening, attempts = ChangeListener(), count()

    def fail() -> None:
        if next(attempts):
            listening._process = 0
        raise ValueError

    monkeypatch.setattr(change_listener, "RETRY_SECONDS", 0)
    monkeypatch.setattr(listening, "_listen", fail)
    listening._process = os.getpid()
    listening._run()
    assert next(attempts) == 2


def edit(article: Article, text: str, by: User) -> None:
    """An editor publishes changes to an article, if it is ready."""
    if not article.is_published:
        return
    content = open_for_editing(article).content
    save(article, {**content, "headline": text, "body": f"<p>{text}</p>"}, by=by)
    with suppress(NotReady):
        publish_changes(article, by=by)


def switch(article: Article, text: str, by: User) -> None:
    if article.is_published:
        publishing.unpublish(article, by=by)
    else:
        with suppress(NotReady):
            publishing.publish(article, by=by)


def of_row(**fields: str) -> Callable[[Article, str, User], object]:
    """Changes columns of the article; `{}` is the new text."""
    return lambda article, text, by: Article.objects.filter(pk=article.pk).update(
        **{name: value.format(text) for name, value in fields.items()}
    )


def licence_end(text: str) -> datetime:
    """In the past or in the future, depending on the text."""
    return timezone.now() + timedelta(days=1 if len(text) % 2 else -400)


EDITS: Final[dict[str, Callable[[Article, str, User], object]]] = {
    "changes": edit,
    "state": switch,
    "headline": of_row(headline="{}"),
    "standfirst": of_row(standfirst="<p>{}</p>"),
    "body": of_row(body="<p>{}</p>"),
    "caption": of_row(lead_caption="<p>{}</p>"),
    "credit": lambda article, text, by: Image.objects.update(credit=text),
    "licence": lambda article, text, by: Image.objects.update(licence_until=licence_end(text)),
    "comment": lambda article, text, by: Comment.objects.create(
        article=article, name="Ola", text=text, state="approved"
    ),
    "section": lambda article, text, by: Category.objects.update(name=text),
    "author": lambda article, text, by: AuthorProfile.objects.update(name=text),
    "publication": lambda article, text, by: Publication.objects.update(tagline=text),
}


@pytest.mark.usefixtures("listening")
def test_a_stored_page_never_differs_from_a_fresh_one(client: Client, edna: User) -> None:
    section, writer = newsroom.category("Sea"), newsroom.author("Rui Costa")
    fields: dict[str, Any] = {
        "categories": [section],
        "authors": [writer],
        "lead_image": newsroom.picture(),
    }
    articles = [newsroom.published(f"Article {number}", **fields) for number in range(4)]
    lists = ["/", "/archive/", "/author/", "/feed/", "/sitemap.xml"]
    urls = [*lists, section.get_absolute_url(), writer.get_absolute_url()]
    urls += [each.get_absolute_url() for each in articles]
    texts = (f"Word {number}" for number in count())

    @hypothesis(max_examples=5)
    @given(st.lists(st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 3)), min_size=1))
    def compare(edits: list[tuple[str, int]]) -> None:
        before = {url: client.get(url) for url in urls}
        for kind, number in edits[:4]:
            EDITS[kind](Article.objects.get(pk=articles[number].pk), next(texts), edna)
        settle()
        for url in urls:
            stored, fresh = client.get(url), rendered(url)
            assert stored.status_code == fresh.status_code, url
            assert stored.content == fresh.content, url
            if stored.status_code == before[url].status_code == 200:
                is_same = stored.content == before[url].content
                assert (stored["ETag"] == before[url]["ETag"]) == is_same, url

    compare()
