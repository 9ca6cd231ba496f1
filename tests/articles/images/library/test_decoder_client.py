"""The decoder process and its limits."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from articles.images.library import decoder_client
from articles.images.processing import decoder_process
from articles.images.processing.file_types import BROKEN, NO_ROOM, TOO_LONG, TOO_MUCH
from tests.proofs.size import PATIENCE
from tests.shared import PROJECT, shared_data


@pytest.fixture(autouse=True)
def _new_process(cold_process: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder_client, "run_process", cold_process)
    monkeypatch.setattr(decoder_client, "WAIT_SECONDS", PATIENCE)
    monkeypatch.setattr(decoder_client, "WORKER_WAIT_SECONDS", PATIENCE)


WAIT_SECONDS = decoder_client.WAIT_SECONDS


def test_every_hostile_file_is_ingested_or_rejected_within_seconds(tmp_path: Path) -> None:
    folder = shared_data("hostile-images")
    labels = json.loads((folder / "pillow_baseline.json").read_text())
    assert len(labels) >= 25
    for label in labels:
        before = _time_of_children()
        outcome = _outcome(folder / label["file"], tmp_path)
        assert _time_of_children() - before < 10, label["file"]
        if isinstance(outcome, str):
            assert outcome.endswith(".")
        else:
            assert outcome["made"]
            assert label["pillow"].startswith("OK"), "what the reference cannot decode is refused"


def _time_of_children() -> float:
    """Their seconds of processor time; how long they wait for it depends on the machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _outcome(path: Path, folder: Path) -> dict[str, Any] | str:
    try:
        return decoder_client.ingest(path, folder)
    except decoder_client.Undecodable as refused:
        return str(refused)


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Replaces the decoder with a script under the same limits."""

    def become(does: str) -> Path:
        script = tmp_path / "decoder.py"
        script.write_text(
            "import sys, os, json, time\n"
            f"sys.path.insert(0, {str(Path(decoder_process.__file__).parents[3])!r})\n"
            "from articles.images.processing import decoder_process as decoder\n"
            f"decoder.set_limits()\n{does}\n"
        )
        monkeypatch.setattr(decoder_process, "__file__", str(script))
        return script

    return become


def test_a_file_that_needs_too_much_memory_is_rejected_with_a_message(child: Any) -> None:
    with pytest.raises(decoder_client.Undecodable, match=TOO_MUCH):
        decoder_client.describe(child("x = bytearray(2 * 1024 ** 3)"))


def test_a_file_that_never_finishes_is_rejected_with_a_message(
    child: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder_client, "WAIT_SECONDS", 0.5)
    with pytest.raises(decoder_client.Undecodable, match=TOO_LONG):
        decoder_client.describe(child("time.sleep(60)"))


def test_a_file_that_needs_too_much_cpu_time_is_rejected_with_a_message(child: Any) -> None:
    endless = "decoder.SECONDS = 1\ndecoder.set_limits()\nwhile True: pass"
    with pytest.raises(decoder_client.Undecodable, match=TOO_MUCH):
        decoder_client.describe(child(endless))


def test_a_full_disk_is_not_reported_as_a_broken_image(child: Any) -> None:
    with pytest.raises(decoder_client.Undecodable, match=NO_ROOM):
        decoder_client.describe(child("raise OSError(28, 'No space left on device')"))


def test_the_limits_are_those_of_the_documentation() -> None:
    assert decoder_process.MEMORY <= 400 * 1024**2
    assert decoder_process.SECONDS < WAIT_SECONDS <= 10


def test_a_file_that_crashes_the_decoder_is_rejected_with_a_message(child: Any) -> None:
    with pytest.raises(decoder_client.Undecodable, match=BROKEN):
        decoder_client.describe(child("os.abort()"))


def test_the_decoder_process_has_no_secrets_in_its_environment(
    child: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "the secret of this test")
    script = child('print(json.dumps({"metadata": dict(os.environ)}))')
    known = decoder_client.describe(script)
    assert "PATH" in known
    assert not {"SECRET_KEY", "DATABASE_URL"} & set(known)


def test_one_decoding_makes_the_full_image_and_every_shape(tmp_path: Path) -> None:
    scene = Image.new("RGB", (1200, 800), "navy")
    scene.paste("orange", (800, 0, 1200, 800))
    scene.save(tmp_path / "scene.png")
    have = [("", "avif", 1200, False), ("1:1", "webp", 480, False)]
    shapes = {"1:1": (0.9, 0.5), "16:9": (0.5, 0.5)}
    renditions = decoder_client.renditions(tmp_path / "scene.png", tmp_path, have, shapes)["made"]
    keys = {(each["shape"], each["format"], each["width"]) for each in renditions}
    assert {("", "jpeg", 1200), ("1:1", "avif", 480), ("16:9", "jpeg", 1200)} <= keys
    assert not keys & {("", "avif", 1200), ("1:1", "webp", 480)}
    assert len({each["file"] for each in renditions}) == len(renditions)
    for each in renditions:
        with Image.open(tmp_path / each["file"]) as served:
            assert served.size == (each["width"], each["height"])
    square = next(
        each for each in renditions if each["shape"] == "1:1" and each["format"] == "jpeg"
    )
    with Image.open(tmp_path / square["file"]) as cut:
        middle = cut.convert("RGB").getpixel((cut.width * 6 // 10, cut.height // 2))
    assert isinstance(middle, tuple)
    assert middle[0] > 200, "the orange half, where the eye rests, begins at the middle"


def test_web_processes_never_load_a_decoder() -> None:
    """So they cannot open uploaded files."""
    loads = (
        "import django, sys; django.setup(); import iria.urls, iria.wsgi, articles.tasks\n"
        "print([name for name in sys.modules if name.startswith('PIL')])"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "iria.settings"}
    loaded = subprocess.run(
        [sys.executable, "-c", loads], capture_output=True, cwd=PROJECT, env=environment, check=True
    )
    assert loaded.stdout.decode().strip() == "[]"
