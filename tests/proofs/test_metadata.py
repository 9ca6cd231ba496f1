"""What ExifTool writes is read back: every field, block, container, character set and quarrel.

Small, some cases of each kind are drawn; `make prove` writes them all.
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


def test_every_photograph_that_exiftool_writes_is_read_as_it_was_meant(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    everything = photographs.cases(WORDS)
    drawn = everything if FULL else chance.sample(everything, 60)
    wrong: list[str] = []
    fields = 0
    with exiftool() as tool:
        for case in drawn:
            path = tmp_path / f"x.{case.form}"
            photographs.write(case, path, tool)
            said = metadata.read_file(path).as_json()
            for field, (value, block) in case.expected().items():
                fields += 1
                plain = isinstance(value, list) and field not in metadata.LISTS
                meant = "; ".join(value) if plain else value
                if (said[field], (said["from"] or {}).get(field)) != (meant, block):
                    wrong.append(f"{case}: {field} {said[field]!r} instead of {meant!r} ({block})")
    print(
        f"seed {SEED}: {len(drawn)} of {len(everything)} photographs, {fields} fields, {len(wrong)} wrong"
    )
    assert not wrong, "\n".join(wrong[:40])
    assert len(drawn) >= sized(60, 2_000)
