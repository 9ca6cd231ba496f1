"""The evaluation of the spam model: input errors and scores."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.comments.screening.spam_model import Example
from iria.lab.evaluation.spam import judge, judge_blocklist, read
from tests.articles.comments.screening.test_spam_model import examples
from tests.shared import shared_data


def write(folder: Path, name: str, lines: list[str]) -> None:
    (folder / name).write_text("\n".join(lines))


def test_the_last_line_has_the_scores(tmp_path: Path) -> None:
    lines = [json.dumps({"text": each.text, "spam": each.spam}) for each in examples()]
    write(tmp_path, "train.jsonl", lines)
    write(tmp_path, "test.jsonl", lines[:20])
    output = StringIO()
    call_command("evaluate_spam", str(tmp_path), stdout=output)
    figures = json.loads(output.getvalue().splitlines()[-1])
    assert figures == {"precision": 1.0, "recall": 1.0, "ham_held": 0, "ham_rejected": 0}


def test_a_blocklist_matches_parts_of_words_and_ignores_case(tmp_path: Path) -> None:
    texts = [
        Example("Buy CHEAPpills now", True),
        Example("Cheap ferries", False),
        Example("Good day", True),
    ]
    found = judge_blocklist(["cheap", "", "  pillsx "], texts)
    assert (found.precision, found.recall, found.ham_held) == (0.5, 0.5, 1)
    assert judge_blocklist([], texts).recall == 0.0
    lines = [json.dumps({"text": each.text, "spam": each.spam}) for each in examples()]
    write(tmp_path, "train.jsonl", lines)
    write(tmp_path, "test.jsonl", lines[:20])
    write(tmp_path, "words.txt", ["subscribe"])
    output = StringIO()
    call_command("evaluate_spam", str(tmp_path), blocklist=tmp_path / "words.txt", stdout=output)
    assert "blocklist on train: precision" in output.getvalue()
    with pytest.raises(CommandError, match=r"none\.txt"):
        call_command("evaluate_spam", str(tmp_path), blocklist=tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1.*JSON"),
        ("[1]", "line 1.*JSON"),
        ('{"text": 1}', "line 1.*text"),
    ],
)
def test_an_invalid_line_is_reported(tmp_path: Path, line: str, message: str) -> None:
    write(tmp_path, "train.jsonl", [line])
    write(tmp_path, "test.jsonl", [])
    with pytest.raises(CommandError, match=message):
        call_command("evaluate_spam", str(tmp_path))


def test_a_folder_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("evaluate_spam", str(tmp_path))


def test_the_scores_on_two_collections_are_high_enough() -> None:
    folder = shared_data("spam", "judged")
    one, two = read(folder / "train.jsonl"), read(folder / "test.jsonl")
    for result in (judge(one, two), judge(two, one)):
        assert result.precision >= 0.97
        assert result.recall >= 0.85
        assert result.ham_rejected == 0


def test_a_byte_order_mark_and_numbers_as_booleans_are_accepted(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    lines = '{"text": "Buy now", "spam": 1}\n{"text": "No", "spam": 0, "thread": 7}\n'
    file.write_text(lines, encoding="utf-8-sig")
    assert read(file) == [Example("Buy now", True), Example("No", False, "7")]
