"""Processing of mutated, hostile and large image files, and of a thousand valid ones."""

import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Pixels

from articles.images import metadata, renditions
from articles.images.library import decoder_client, ingest
from articles.images.models import Image
from articles.images.processing import decoder_process, file_types
from tests import warm_processes
from tests.newsroom import picture_file
from tests.proofs.bombs import BOMBS
from tests.proofs.mutating import mutated, small_files
from tests.proofs.size import sized
from tests.shared import shared_data

pytestmark = pytest.mark.proof

SEED = 20_260_314
READ = sized(1_000, 10_000)
OPENED = sized(120, 10_000)
INGESTED = sized(8, 1_000)
MEGABYTE = 1024**2


def test_reading_metadata_of_mutated_files_never_fails(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    files = list(small_files().values())
    path = tmp_path / "picture"
    slowest = 0.0
    read = 0
    for _ in range(READ):
        path.write_bytes(mutated(rng.choice(files), rng))
        start = time.monotonic()
        try:
            said = metadata.read_file(path)
        except metadata.Unreadable:
            continue
        finally:
            slowest = max(slowest, time.monotonic() - start)
        read += 1
        assert "\x00" not in str(said.as_json())
        str(said.as_json()).encode()  # a lone surrogate would fail here
    print(f"seed {SEED}: {READ} files, {read} still readable, slowest {slowest:.3f} s")
    assert slowest < 10
    assert read > READ // 10


@contextmanager
def opening() -> Iterator[Callable[[dict[str, Any]], dict[str, Any]]]:
    """Runs tasks in forks of one decoder process."""
    with closing(warm_processes.WarmProcesses()) as processes:

        def ask(order: dict[str, Any]) -> dict[str, Any]:
            outcome = processes.outcome(decoder_process.__file__, order, order["wait"])
            return {**outcome, "wait": order["wait"]}

        yield ask


def order_for(path: Path, folder: Path, *, whole: bool) -> dict[str, Any]:
    """The task to ingest a file or to make all renditions, with the time limits of production."""
    order: dict[str, Any] = {"path": str(path), "folder": str(folder)}
    if not whole:
        return {**order, "task": "ingest", "wait": decoder_client.WAIT_SECONDS}
    shapes = [{"shape": "1:1", "focus": [0.3, 0.7]}]
    wait = decoder_client.WORKER_WAIT_SECONDS
    return {**order, "task": "renditions", "have": [], "shapes": shapes, "wait": wait}


def error_for(outcome: dict[str, Any]) -> str | None:
    """The error message for the uploader; None if the file is valid."""
    if outcome["code"] == warm_processes.OVERDUE:
        return file_types.TOO_LONG
    said, complained = outcome["said"].encode(), outcome["complained"].encode()
    child = subprocess.CompletedProcess([], outcome["code"], said, complained)
    try:
        answer = decoder_client.parse_result(child)
    except decoder_client.Undecodable as error:
        return str(error)
    assert answer["made"]
    return None


def spent(outcome: dict[str, Any]) -> float:
    """Seconds that a person waited; for a job its processor time."""
    seconds: float = outcome["cpu"] if outcome["wait"] > 10 else outcome["seconds"]
    return seconds


def test_mutated_files_end_in_an_image_or_an_error_message(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    files = small_files()
    path = tmp_path / "picture"
    messages: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    slowest = peak = 0.0
    with opening() as ask:
        for number in range(OPENED):
            name = rng.choice(list(files))
            path.write_bytes(mutated(files[name], rng))
            outcome = ask(order_for(path, tmp_path, whole=number % 4 == 0))
            error = f"{number}: {name} {outcome['code']} {outcome['complained'][-600:]}"
            assert outcome["code"] == 0 or "MemoryError" in outcome["complained"], error
            message = error_for(outcome)
            assert message is None or message.endswith("."), error
            kinds[name] += message is None
            messages[message or "uploaded"] += 1
            slowest, peak = max(slowest, spent(outcome)), max(peak, outcome["peak"])
    print(f"seed {SEED}: {OPENED} files, slowest {slowest:.2f} s, {peak / MEGABYTE:.0f} MB at most")
    for message, count in messages.most_common():
        print(f"{count:>6}  {message}")
    assert slowest < 10
    assert peak <= 400 * MEGABYTE
    assert 0 < messages["uploaded"] < OPENED
    assert len(+kinds) > len(files) * sized(0.4, 0.8), "every kind gets past its head"


def test_hostile_files_end_in_an_image_or_an_error_message(tmp_path: Path) -> None:
    folder = shared_data("hostile-images")
    files = [path for path in folder.glob("*/*") if path.is_file()]
    assert len(files) >= 20
    with opening() as ask:
        for path in files:
            for whole in (False, True):
                outcome = ask(order_for(path, tmp_path, whole=whole))
                message = error_for(outcome)
                print(
                    f"{outcome['seconds']:.2f} s {outcome['peak'] // MEGABYTE:>4} MB {path.name}: {message}"
                )
                assert outcome["code"] == 0, outcome["complained"]
                assert spent(outcome) < 10
                assert outcome["peak"] <= 400 * MEGABYTE


@pytest.mark.parametrize("name", BOMBS)
def test_expensive_files_stay_within_the_limits(name: str, tmp_path: Path) -> None:
    (tmp_path / "bomb").write_bytes(BOMBS[name]())
    with opening() as ask:
        for whole in (False, True):
            outcome = ask(order_for(tmp_path / "bomb", tmp_path, whole=whole))
            message = error_for(outcome)
            print(
                f"{name}: {outcome['seconds']:.2f} s, {outcome['peak'] // MEGABYTE} MB: {message}"
            )
            assert spent(outcome) < 10
            assert message is None or message.endswith(".")
            assert outcome["peak"] <= decoder_process.MEMORY


LARGEST = {
    "JPEG": ("JPEG", (12_244, 8_330), "RGB", {"quality": 50}),
    "JPEG progressive": ("JPEG", (8_660, 5_774), "RGB", {"quality": 50, "progressive": True}),
    "JPEG of inks": ("JPEG", (8_660, 5_774), "CMYK", {"quality": 50}),
    "PNG": ("PNG", (9_550, 6_380), "RGB", {"compress_level": 1}),
    "PNG transparent": ("PNG", (9_550, 6_380), "RGBA", {"compress_level": 1}),
    "TIFF of inks": ("TIFF", (9_550, 6_380), "CMYK", {"compression": "tiff_adobe_deflate"}),
    "WebP": ("WEBP", (5_470, 3_650), "RGBA", {"method": 0}),
    "AVIF": ("AVIF", (6_100, 4_090), "RGBA", {"speed": 10, "max_threads": 1}),
}


@pytest.mark.parametrize("name", LARGEST)
def test_the_largest_image_of_every_format_is_ingested(name: str, tmp_path: Path) -> None:
    form, (width, height), mode, options = LARGEST[name]
    size = width // sized(8, 1), height // sized(8, 1)
    small = Pixels.effect_noise((size[0] // 40, size[1] // 40), 60).convert("RGB").convert(mode)
    small.resize(size).save(tmp_path / "picture", form, **options)  # type: ignore[arg-type]
    with opening() as ask:
        for whole in (False, True):
            outcome = ask(order_for(tmp_path / "picture", tmp_path, whole=whole))
            print(f"{name}: {outcome['cpu']:.2f} s of processor, {outcome['peak'] // MEGABYTE} MB")
            assert error_for(outcome) is None
            assert outcome["peak"] <= decoder_process.MEMORY


def test_a_thousand_images_are_ingested_with_constant_memory(db: None) -> None:
    """The memory of the process does not grow."""
    early = INGESTED // 4
    baseline = 0
    for number in range(INGESTED):
        sent = picture_file(width=200, height=120).read() + number.to_bytes(4)
        image = ingest.ingest(ContentFile(sent, name=f"{number}.jpg"), by=None)
        renditions.make(image)
        if number == early:
            baseline = resident()
    grown = resident() - baseline
    print(
        f"{INGESTED} pictures: {baseline / MEGABYTE:.1f} MB after {early}, {grown / MEGABYTE:+.1f} MB more"
    )
    assert Image.objects.count() == INGESTED
    assert grown < 8 * MEGABYTE


def resident() -> int:
    """The resident memory of this process in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")
