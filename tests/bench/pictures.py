"""The cost of all renditions of a photograph, compared with resizing by Pillow alone.

Both run in separate processes on one core, so that their memory can be compared too.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from PIL import Image, ImageChops

from articles.images.processing import decoder_process, rendition_sizes, resizing
from tests.bench.table import Line, table

SIDES: Final = (5_656, 4_242)
"""24 million pixels, in an aspect ratio that needs every crop."""
SECONDS_ALLOWED: Final = 1.5
MEGABYTES_ALLOWED: Final = 150
ROUNDS: Final = 5

_FLOOR: Final = """
import json, sys
from PIL import Image
order = json.load(sys.stdin)
opened = Image.open(order["path"])
opened.draft("RGB", order["largest"])
opened.load()
for number, (shape, options, width, height) in enumerate(order["sizes"]):
    if not number or shape != before:
        before, picture = shape, opened
        wide = min(picture.width, picture.height * width // height)
        tall = min(picture.height, picture.width * height // width)
        left, upper = (picture.width - wide) // 2, (picture.height - tall) // 2
        picture = picture.crop((left, upper, left + wide, upper + tall))
    picture = picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3.0)
    picture.save(f"{order['folder']}/{number}", **options)
"""
"""The simplest code that makes these files."""

_WATCHED: Final = """
import json, os, subprocess, sys
with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE) as child:
    answer = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
good = child.returncode == 0 and b'"refused"' not in answer
print(json.dumps([good, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""
"""Started by a small process, because the peak memory of a child includes that of its parent."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a process: processor time in seconds, peak memory in megabytes."""

    cpu: float
    peak: float


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    """Seconds, megabytes and the ratio to the baseline: medians of the rounds."""
    with tempfile.TemporaryDirectory(prefix="iria-bench-") as name, one_core():
        folder = Path(name)
        path = photograph(folder / "photograph.jpg")
        ours, baselines = [], []
        for _ in range(rounds):
            baselines.append(_floor(path, folder))
            ours.append(_ours(path, folder))
    cpu = median(cost.cpu for cost in ours)
    peak = median(cost.peak for cost in ours)
    ratios = [own.cpu / floor.cpu for own, floor in zip(ours, baselines, strict=True)]
    return {
        "files": len(_planned()),
        "seconds": round(cpu, 2),
        "megabytes": round(peak),
        "floor_seconds": round(median(cost.cpu for cost in baselines), 2),
        "floor_megabytes": round(median(cost.peak for cost in baselines)),
        "ratio": round(median(ratios), 2),
        "allowed": {"seconds": SECONDS_ALLOWED, "megabytes": MEGABYTES_ALLOWED},
        "met": cpu <= SECONDS_ALLOWED and peak <= MEGABYTES_ALLOWED,
    }


def lines(results: dict[str, Any]) -> list[Line]:
    what = f"24 megapixels to {results['files']} files"
    return [
        Line(
            what, results["seconds"], "s", results["floor_seconds"], "Pillow alone", limit=SECONDS_ALLOWED,
            note=f"{results['ratio']} × Pillow alone",
        ),
        Line(
            f"{what}, memory", results["megabytes"], "MB", results["floor_megabytes"], "Pillow alone",
            limit=MEGABYTES_ALLOWED,
        ),
    ]  # fmt: skip


def photograph(path: Path) -> Path:
    """A synthetic image of 24 million pixels, with large and small structures and grain."""
    bands = []
    for _ in range(3):
        broad, near = (
            Image.effect_noise((SIDES[0] // part, SIDES[1] // part), strength).resize(SIDES)
            for part, strength in ((64, 110), (8, 70))
        )
        grain = Image.effect_noise(SIDES, 12)
        bands.append(ImageChops.blend(ImageChops.blend(broad, near, 0.35), grain, 0.2))
    Image.merge("RGB", bands).save(path, quality=92)
    return path


@contextmanager
def one_core() -> Iterator[None]:
    """Limits processes started inside the block to one core, if the system supports it."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _ours(path: Path, folder: Path) -> Cost:
    shapes = [{"shape": shape, "focus": [0.5, 0.5]} for shape in rendition_sizes.SHAPES]
    order = {"task": "renditions", "path": str(path), "folder": str(folder)}
    return _run([decoder_process.__file__], {**order, "have": [], "shapes": shapes})


def _floor(path: Path, folder: Path) -> Cost:
    saved = [
        (size.shape, resizing.SAVE[size.format], size.width, size.height) for size in _planned()
    ]
    order = {"path": str(path), "folder": str(folder), "sizes": saved}
    return _run(
        ["-c", _FLOOR],
        {**order, "largest": rendition_sizes.decoded_size(*SIDES, rendition_sizes.SHAPES)},
    )


def _planned() -> list[rendition_sizes.Size]:
    decoded = rendition_sizes.decoded_size(*SIDES, rendition_sizes.SHAPES)
    return rendition_sizes.sizes_for(*SIDES, transparent=False) + [
        size
        for shape in rendition_sizes.SHAPES
        for size in rendition_sizes.shaped_sizes(*decoded, shape, transparent=False)
    ]


def _run(arguments: list[str], order: dict[str, Any]) -> Cost:
    """Runs a process; raises RuntimeError if it fails."""
    environment = {"PATH": os.environ["PATH"], "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}
    python = [sys.executable, "-I", "-X", "utf8"]
    watched = subprocess.run(
        [*python, "-c", _WATCHED, *python, *arguments],
        input=json.dumps(order).encode(),
        capture_output=True,
        env=environment,
        check=True,
    )
    good, cpu, peak = json.loads(watched.stdout)
    if not good:
        raise RuntimeError(f"The picture was not made: {watched.stderr[-500:]!r}")
    return Cost(cpu, peak)


if __name__ == "__main__":
    print(table(lines(measure())))
