"""Corrections of published articles."""

from collections.abc import Iterator

import pytest
from django.test import Client

from accounts.models import User
from articles.editorial import signals
from articles.editorial.models import Article, Correction
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, send, visible_text

NEW = "corrections-{}-text"


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


@pytest.fixture
def announced() -> Iterator[list[int]]:
    """Articles whose correction was announced."""
    articles: list[int] = []

    def listen(article_id: int, **signal: object) -> None:
        articles.append(article_id)

    signals.corrected.connect(listen)
    yield articles
    signals.corrected.disconnect(listen)


def _correct(client: Client, article: Article, number: int, text: str) -> str:
    total = {"corrections-TOTAL_FORMS": str(number + 1)}
    changes = {**total, NEW.format(number): text}
    return visible_text(send(client, change_url(article), **changes))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_correction_records_its_author_and_sends_a_signal(
    editor_client: Client, edna: User, announced: list[int]
) -> None:
    article = newsroom.published()
    _correct(editor_client, article, 0, "The ferry is called Alba.")
    correction = Correction.objects.get()
    assert (correction.article, correction.created_by) == (article, edna)
    assert announced == [article.pk]
    assert "The ferry is called Alba." in visible_text(Client().get(article.get_absolute_url()))


def test_a_published_correction_cannot_be_changed(editor_client: Client) -> None:
    article = newsroom.published()
    _correct(editor_client, article, 0, "The first.")
    message = _correct(editor_client, article, 1, "The second.")
    assert "The first." in message
    assert set(Correction.objects.values_list("text", flat=True)) == {"The first.", "The second."}
    page = editor_client.get(change_url(article)).content.decode()
    assert ">The first.</textarea>" not in page


def test_a_draft_has_no_corrections(editor_client: Client) -> None:
    page = editor_client.get(change_url(newsroom.draft()))
    assert "corrections-TOTAL_FORMS" not in page.content.decode()


def test_a_correction_of_whitespace_is_rejected(editor_client: Client) -> None:
    article = newsroom.published()
    _correct(editor_client, article, 0, " \u200b ")
    assert not Correction.objects.exists()
