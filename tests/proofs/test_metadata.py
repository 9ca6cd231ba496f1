"""Reads metadata written by ExifTool: every field, block, container, character set and conflict.

At small size a sample of cases; `make prove` runs all.
"""

import random
from pathlib import Path

import pytest

from articles.images import metadata
from tests.exiftool import exiftool
from tests.proofs import photographs
from tests.proofs.size import FULL, sized
from tests.proofs.words import WORDS

pytestmark = pytest.mark.proof

SEED = 20_260_314


def test_metadata_written_by_exiftool_is_read_correctly(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    everything = photographs.cases(WORDS)
    sample = everything if FULL else rng.sample(everything, 60)
    wrong: list[str] = []
    fields = 0
    with exiftool() as tool:
        for case in sample:
            path = tmp_path / f"x.{case.form}"
            photographs.write(case, path, tool)
            result = metadata.read_file(path).as_json()
            for field, (value, block) in case.expected().items():
                fields += 1
                plain = isinstance(value, list) and field not in metadata.LISTS
                expected = "; ".join(value) if plain else value
                if (result[field], (result["from"] or {}).get(field)) != (expected, block):
                    wrong.append(
                        f"{case}: {field} {result[field]!r} instead of {expected!r} ({block})"
                    )
    print(
        f"seed {SEED}: {len(sample)} of {len(everything)} photographs, {fields} fields, {len(wrong)} wrong"
    )
    assert not wrong, "\n".join(wrong[:40])
    assert len(sample) >= sized(60, 2_000)
