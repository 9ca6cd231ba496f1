"""The evaluation reads collections, says what is wrong with a bad one, and keeps the promise."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.comments.spam.model import Example
from iria.evaluation.spam import judge, judge_blocklist, read
from tests.articles.comments.spam.test_model import examples
from tests.shared import shared_data


def written(folder: Path, name: str, lines: list[str]) -> None:
    (folder / name).write_text("\n".join(lines))


def test_the_last_line_is_the_answer(tmp_path: Path) -> None:
    lines = [json.dumps({"text": each.text, "spam": each.spam}) for each in examples()]
    written(tmp_path, "train.jsonl", lines)
    written(tmp_path, "test.jsonl", lines[:20])
    said = StringIO()
    call_command("evaluate_spam", str(tmp_path), stdout=said)
    figures = json.loads(said.getvalue().splitlines()[-1])
    assert figures == {"precision": 1.0, "recall": 1.0, "ham_held": 0, "ham_rejected": 0}


def test_a_blocklist_is_compared_by_parts_of_words_in_any_case(tmp_path: Path) -> None:
    texts = [
        Example("Buy CHEAPpills now", True),
        Example("Cheap ferries", False),
        Example("Good day", True),
    ]
    found = judge_blocklist(["cheap", "", "  pillsx "], texts)
    assert (found.precision, found.recall, found.ham_held) == (0.5, 0.5, 1)
    assert judge_blocklist([], texts).recall == 0.0
    lines = [json.dumps({"text": each.text, "spam": each.spam}) for each in examples()]
    written(tmp_path, "train.jsonl", lines)
    written(tmp_path, "test.jsonl", lines[:20])
    written(tmp_path, "words.txt", ["subscribe"])
    said = StringIO()
    call_command("evaluate_spam", str(tmp_path), blocklist=tmp_path / "words.txt", stdout=said)
    assert "blocklist on train: precision" in said.getvalue()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("evaluate_spam", str(tmp_path), blocklist=tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [("{", "line 1, is no JSON object"), ("[1]", "needs a text"), ('{"text": 1}', "needs a text")],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    written(tmp_path, "train.jsonl", [line])
    written(tmp_path, "test.jsonl", [])
    with pytest.raises(CommandError, match=message):
        call_command("evaluate_spam", str(tmp_path))


def test_a_folder_without_files_is_notified(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("evaluate_spam", str(tmp_path))


def test_comments_under_two_videos_are_told_apart_in_both_directions() -> None:
    folder = shared_data("spam", "judged")
    one, two = read(folder / "train.jsonl"), read(folder / "test.jsonl")
    for result in (judge(one, two), judge(two, one)):
        assert result.precision >= 0.97
        assert result.recall >= 0.85
        assert result.ham_rejected == 0


def test_a_collection_may_begin_with_a_mark_and_say_one_and_zero(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    lines = '{"text": "Buy now", "spam": 1}\n{"text": "No", "spam": 0, "thread": 7}\n'
    file.write_text(lines, encoding="utf-8-sig")
    assert read(file) == [Example("Buy now", True), Example("No", False, "7")]
