"""The evaluation of related articles uses the production code and changes nothing."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from articles.editorial.models import Article
from articles.related import scoring
from articles.related.models import RelatedLink
from iria.lab.evaluation.records import Unreadable
from iria.lab.evaluation.related.runner import evaluate, evaluation_scores
from iria.lab.evaluation.related.test_collection import _document, read, without_links
from tests import newsroom

SEA = "Tankers wait at the strait while navies escort convoys past the minefields."
BAY = "Navies escort convoys from the bay, past minefields and the wrecks of tankers."
COPPER = "Mountain dairies press cheese in copper vats all summer long."
MILK = "In copper vats the mountain dairies warm milk and press cheese."


def write(folder: Path, *records: dict[str, Any], links: list[tuple[str, str]]) -> Path:
    folder.mkdir(exist_ok=True)
    lines = [json.dumps({"tags": [], "categories": [], "authors": [], **each}) for each in records]
    (folder / "articles.jsonl").write_text("\n".join(lines))
    rows = ["from\tto", *("\t".join(link) for link in links)]
    (folder / "links.tsv").write_text("\n".join(rows))
    return folder


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    return write(
        tmp_path / "judged",
        {"id": "sea", "title": "Sea", "text": SEA, "date": "2020-01-01T00:00:00Z"},
        {"id": "bay", "title": "Bay", "html": f"<p>{BAY}</p>", "date": "2021-05-01"},
        {"id": "copper", "title": "Copper", "text": COPPER, "date": None},
        {"id": "milk", "title": "Milk", "text": MILK, "date": "no date"},
        links=[("sea", "bay"), ("milk", "copper")],
    )


def test_the_last_line_has_the_scores_and_the_site_is_unchanged(
    db: None, collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.published("At the strait", body=f"<p>{SEA}</p>")
    call_command("evaluate_related", str(collection), "--language", "English")
    scores = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert scores["recall@5"] == scores["mrr"] == 1.0
    assert set(scores) == {"recall@5", "mrr", "precision@4", "baselines"}
    assert set(scores["baselines"]) == {"newest in category", "shared tags", "BM25"}
    assert Article.objects.get().headline == "At the strait"
    assert not RelatedLink.objects.exists()


def test_an_invalid_date_is_reported_with_its_line(
    db: None, collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read(collection).unreadable_dates == [4]
    call_command("evaluate_related", str(collection))
    assert "line 4" in capsys.readouterr().err


def test_line_numbers_include_empty_lines(collection: Path) -> None:
    articles = collection / "articles.jsonl"
    articles.write_text(f"\n\n{articles.read_text()}")
    assert read(collection).unreadable_dates == [6]
    articles.write_text("\n\nnot JSON")
    with pytest.raises(Unreadable, match="line 3"):
        read(collection)


def test_the_links_of_an_article_are_not_used(db: None, tmp_path: Path) -> None:
    folder = write(
        tmp_path / "judged",
        {"id": "sea", "title": "Sea", "text": SEA},
        {"id": "milk", "title": "Milk", "text": MILK},
        {"id": "bay", "title": "Bay", "text": BAY},
        links=[("sea", "milk")],
    )
    scores = evaluate(read(folder), language="en")
    assert scores["mrr"] < 1
    assert scores["baselines"]["BM25"]["mrr"] < 1


def test_links_are_removed_with_their_text() -> None:
    html = '<p>See <a href="/x/">our piece on convoys</a>, and read on.</p>'
    assert without_links({"html": html}) == "<p>See , and read on.</p>"
    text = "See [our piece](/x/) at https://a.example/convoys {% link x %}and ![a](b.png) read on."
    assert without_links({"text": text}) == "<p>See at and read on.</p>"


def test_recall_is_relative_to_at_most_five_links() -> None:
    linked = {"a": {"b", "c"}, "d": {f"l{number}" for number in range(8)}}
    scores = evaluation_scores({"a": ["x", "b"], "d": ["l1", "l2", "l3", "l4", "l5"]}, linked)
    assert scores == {"recall@5": 0.75, "mrr": 0.75, "precision@4": 0.625}


def test_the_ablation_has_every_part_of_the_score(db: None, collection: Path) -> None:
    scores = evaluate(read(collection), language="en", ablation=True)["baselines"]
    assert {f"without {part}" for part in scoring.WEIGHTS} <= set(scores)
    assert scores["without tags"]["mrr"] == 1


def test_an_invalid_collection_is_reported_with_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"articles\.jsonl cannot be read"):
        call_command("evaluate_related", str(tmp_path))
    folder = write(tmp_path, {"id": "sea", "title": "Sea", "text": SEA}, links=[])
    with pytest.raises(Unreadable, match="no link between two"):
        read(folder)
    (folder / "articles.jsonl").write_text('{"id": "sea"}\n{"id": ')
    with pytest.raises(Unreadable, match="line 2"):
        read(folder)


@pytest.mark.parametrize("language", ["de", "zh"])
def test_other_languages_use_their_own_configuration(
    db: None, tmp_path: Path, language: str
) -> None:
    texts = {
        "de": ("Die Häfen im Norden warten auf Kohle.", "Ein Hafen wartet auf Schiffe mit Kohle."),
        "zh": ("海峡的油轮正在等待护航舰队。", "护航舰队保护海峡里的油轮。"),
    }[language]
    folder = write(
        tmp_path / "judged",
        {"id": "one", "title": "1", "text": texts[0]},
        {"id": "two", "title": "2", "text": texts[1]},
        *({"id": f"x{number}", "title": "x", "text": f"Etwas {number}"} for number in range(6)),
        links=[("one", "two")],
    )
    assert evaluate(read(folder), language=language)["mrr"] == 1


@given(
    moment=st.datetimes(),
    hours=st.integers(-23, 23),
    minutes=st.integers(0, 59),
)
def test_every_iso_date_is_parsed(moment: datetime, hours: int, minutes: int) -> None:
    text = f"{moment.isoformat()}{hours:+03}:{minutes:02}"
    document = _document({"id": "sea", "date": text})
    assert document.moment is not None
    assert document.moment.utcoffset() == timedelta(0)
    if 1 < moment.year < 9999:
        assert document.moment == datetime.fromisoformat(text)


def test_extreme_dates_do_not_stop_the_evaluation(db: None, tmp_path: Path) -> None:
    dates = ["2020-06-16T17:15:17+17:00", "0001-01-01T00:00:00+23:00", "9999-12-31T23:00:00-23:00"]
    records = [
        {"id": str(number), "title": "Sea", "text": SEA, "date": date}
        for number, date in enumerate(dates)
    ]
    folder = write(tmp_path / "judged", *records, links=[("0", "1")])
    call_command("evaluate_related", str(folder))
    found = {each.id: each.moment for each in read(folder).documents}
    assert found["0"] == datetime(2020, 6, 16, 0, 15, 17, tzinfo=UTC)
