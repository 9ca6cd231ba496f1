"""WordPress exports from elsewhere are read completely, or refused with the line."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from iria.transfer.records import Author, Image, Kind, State, Term, Text, Unreadable
from iria.transfer.wordpress.parser import COMMENT_STATUS, STATUS, Export
from tests.shared import PROJECT, shared_data


def _labels() -> dict[str, Any]:
    folders = [parent / "shared" / "data" / "wxr" for parent in PROJECT.parents]
    file = next((each / "expected_counts.json" for each in folders if each.is_dir()), None)
    labels: dict[str, Any] = json.loads(file.read_text()) if file else {}
    return labels


LABELS = _labels()
READABLE = [name for name, label in LABELS.items() if "notwf" not in label]
BROKEN = [name for name, label in LABELS.items() if "notwf" in label]


def _export(file: Path) -> Export:
    return Export(file, ZoneInfo("UTC"))


@pytest.mark.parametrize("name", READABLE or ["importer"])
def test_the_counts_of_a_file_equal_its_labels(name: str) -> None:
    records = list(_export(shared_data("wxr", name)).records())
    label = LABELS[name]
    texts = [each for each in records if isinstance(each, Text)]
    comments = [comment for text in texts for comment in text.comments]
    terms = Counter(each.kind for each in records if isinstance(each, Term))
    types = Counter("page" if each.kind == Kind.PAGES else "post" for each in texts)
    types += Counter(attachment=sum(isinstance(each, Image) for each in records))
    assert types == label["types"]
    assert len(comments) == label["comments"]
    assert sum(bool(each.parent) for each in comments) == label["threaded"]
    assert sum(isinstance(each, Author) for each in records) == label["authors"]
    assert terms[Kind.CATEGORIES] == label["cats"]
    assert terms[Kind.TAGS] == label["tags"]
    nested = [each for each in records if isinstance(each, Term) and each.parent]
    assert len(nested) == label["nested"]
    assert sum(bool(each.lead_image) for each in texts) == label["thumbs"]


@pytest.mark.parametrize("name", READABLE or ["importer"])
def test_states_threads_captions_and_images_equal_the_labels(name: str) -> None:
    records = list(_export(shared_data("wxr", name)).records())
    label = LABELS[name]
    texts = [each for each in records if isinstance(each, Text)]
    states: Counter[State] = Counter()
    for status, number in label["status"].items():
        if status in STATUS:
            states[STATUS[status]] += number
    assert Counter(each.state for each in texts) == states
    comments = [comment for text in texts for comment in text.comments]
    found = Counter("ping" if each.skipped else each.state for each in comments)
    assert found == Counter(
        {COMMENT_STATUS.get(state, state): n for state, n in label["cstat"].items()}
    )
    parents = {each.source_id: each.parent for each in comments}
    assert max((_depth(each, parents) for each in parents), default=0) == label["depth"]
    html = "".join(each.body for each in texts)
    assert html.count("<figcaption>") == label["captions"] + label["figcaption"]
    assert html.count("data-source-image=") >= label["captions"] + label["wpimage"]


def _depth(comment: str, parents: dict[str, str]) -> int:
    return 1 + _depth(parents[comment], parents) if comment in parents else 0


@pytest.mark.parametrize("name", BROKEN or ["importer"])
def test_a_broken_file_is_refused_with_its_line(name: str) -> None:
    file = shared_data("wxr", name)
    with pytest.raises(Unreadable) as refused:
        list(_export(file).records())
    assert f"line {refused.value.line}," in LABELS[name]["notwf"]
