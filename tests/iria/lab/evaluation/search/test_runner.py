"""`evaluate_search` measures the public search without changing the site."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from articles.search import indexer
from articles.search.models import SearchEntry, SearchLexeme, SearchPosting
from iria.lab.evaluation.search import test_collection
from tests import newsroom

pytestmark = pytest.mark.django_db

DOCUMENTS = [
    {"id": "a", "title": "Locks on the river", "text": "Barges wait for the lock to fill."},
    {"id": "b", "title": "", "text": "A barge, a barge and the men who load it with grain."},
    {"id": "c", "title": "Grain", "text": "The price of grain fell again."},
    {"id": "d", "title": "Rain", "text": "It rained."},
]


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    write(tmp_path / "documents.jsonl", *map(json.dumps, DOCUMENTS))
    queries = [
        {"id": 1, "text": 'Who loads the "BARGES" - and with what?'},
        {"id": 2, "text": "the price of grain"},
        {"id": 3, "text": "a query without a judgement"},
        {"id": 4, "text": "the of and"},
    ]
    write(tmp_path / "queries.jsonl", *map(json.dumps, queries))
    write(
        tmp_path / "qrels.tsv", "query\tdocument\tgrade", "1\tb\t2", "1\ta\t1", "2\tc\t1", "2\td\t0"
    )
    return tmp_path


def write(path: Path, *lines: str) -> None:
    path.write_text("\n".join(lines) + "\n")


def test_the_last_line_has_the_scores_of_the_public_search(
    collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("evaluate_search", str(collection))
    *others, last = capsys.readouterr().out.splitlines()
    figures = json.loads(last)
    assert set(figures) == {"ndcg@10", "map", "recall@100", "p95_ms"}
    assert (figures["ndcg@10"], figures["map"], figures["recall@100"]) == (1, 1, 1)
    assert "4 documents, 2 judged queries" in others[0]
    assert "without feedback" in others[1]
    assert "with feedback" in others[2]


def test_the_site_is_neither_read_nor_changed(collection: Path) -> None:
    indexer.index_article(newsroom.published("The price of grain").pk)
    before: list[Any] = [list(each) for each in _rows()]
    call_command("evaluate_search", str(collection))
    assert [list(each) for each in _rows()] == before
    assert SearchEntry.objects.count() == 1


def _rows() -> tuple[Any, ...]:
    return (
        SearchEntry.objects.order_by("pk").values_list("pk", "vector"),
        SearchLexeme.objects.order_by("pk").values_list("pk", "word", "articles"),
        SearchPosting.objects.order_by("lexeme_id").values_list(
            "lexeme_id", "article_id", "weight"
        ),
    )


def test_a_folder_without_a_collection_is_rejected(collection: Path) -> None:
    (collection / "qrels.tsv").unlink()
    with pytest.raises(CommandError, match=r"qrels\.tsv cannot be read"):
        call_command("evaluate_search", str(collection))


def test_an_invalid_line_is_reported(collection: Path) -> None:
    (collection / "documents.jsonl").write_text('{"id": "a", "text": "Barge"}\n[1]\n')
    with pytest.raises(CommandError, match=r"documents\.jsonl, line 2"):
        call_command("evaluate_search", str(collection))


def test_duplicate_documents_count_once_and_a_language_is_accepted(
    collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in ("documents.jsonl", "queries.jsonl", "qrels.tsv"):
        content = "\ufeff" + (collection / file).read_text()
        (collection / file).write_text(content)
    with (collection / "documents.jsonl").open("a") as documents:
        documents.write(json.dumps(DOCUMENTS[2]))
    call_command("evaluate_search", str(collection), "--language", "English")
    *others, last = capsys.readouterr().out.splitlines()
    assert "4 documents, 2 judged queries" in others[0]
    assert json.loads(last)["map"] == json.loads(last)["recall@100"] == 1


def test_scores_follow_their_definitions() -> None:
    score = test_collection.score(["x", "a", "b"], {"a": 2, "b": 1, "c": 1})
    assert score.recall == pytest.approx(2 / 3)
    assert score.precision == pytest.approx((1 / 2 + 2 / 3) / 3)
    gain, best = 2 / 1.5849625 + 1 / 2, 2 + 1 / 1.5849625 + 1 / 2
    assert score.ndcg == pytest.approx(gain / best)
