"""What an uploaded file is, and what its cleaned copy lacks."""

import io
import os
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from articles.files import ingest
from articles.files.inspection import process, reading
from articles.files.inspection.file_types import (
    BROKEN,
    EMPTY,
    ENCRYPTED,
    IMAGE,
    NEITHER,
    NO_PAGES,
    NO_SOUND,
    OFFICE,
    TOO_MUCH,
    VIDEO,
    Unfit,
)
from tests.articles.files import samples


@pytest.fixture
def inspect(tmp_path: Path) -> Any:
    """The properties of a file with this content, and its cleaned copy."""

    def inspected(content: bytes) -> tuple[dict[str, Any], bytes]:
        path, target = tmp_path / "upload", tmp_path / "cleaned"
        path.write_bytes(content)
        found = ingest.inspect(path, target)
        return found, target.read_bytes()

    return inspected


def test_the_pages_of_a_pdf_are_counted(inspect: Any) -> None:
    found, cleaned = inspect(samples.pdf(3, title="Tides", author="Harbour Institute"))
    assert (found["media_type"], found["pages"], found["duration"]) == ("application/pdf", 3, None)
    assert (found["title"], found["author"]) == ("Tides", "Harbour Institute")
    assert found["removed"] == []
    assert len(PdfReader(io.BytesIO(cleaned)).pages) == 3


def test_scripts_actions_attached_files_and_authors_are_removed_from_a_pdf(inspect: Any) -> None:
    found, cleaned = inspect(samples.pdf_with_everything())
    assert len(found["removed"]) == 2
    for left in (b"JavaScript", b"app.x", b"Launch", b"cmd.exe", samples.SECRET, b"workstation"):
        assert left not in cleaned
    reader = PdfReader(io.BytesIO(cleaned))
    assert reader.metadata is not None
    assert reader.metadata.title == "Tides"
    assert reader.metadata.author is None
    assert len(reader.pages) == 1
    assert not reader.attachments


def test_an_action_whose_type_is_an_object_of_its_own_is_removed(inspect: Any) -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 300)
    page[NameObject("/Next")] = DictionaryObject(
        {
            NameObject("/S"): writer._add_object(NameObject("/GoToR")),
            NameObject("/F"): TextStringObject("//server/share"),
        }
    )
    buffer = io.BytesIO()
    writer.write(buffer)
    found, cleaned = inspect(buffer.getvalue())
    assert found["removed"]
    assert b"//server/share" not in cleaned


def test_a_pdf_that_opens_on_a_certain_page_still_does(inspect: Any) -> None:
    writer = PdfWriter()
    for _ in range(2):
        writer.add_blank_page(200, 300)
    writer.open_destination = writer.pages[1]
    buffer = io.BytesIO()
    writer.write(buffer)
    found, cleaned = inspect(buffer.getvalue())
    assert found["removed"] == []
    assert b"/OpenAction" in cleaned


@pytest.mark.parametrize(
    ("content", "media_type", "seconds"),
    [
        (samples.mp3(400), "audio/mpeg", 10),
        (samples.m4a(3), "audio/mp4", 3),
        (samples.opus(5), "audio/ogg", 5),
        (samples.wav(2), "audio/wav", 2),
        (samples.flac(4), "audio/flac", 4),
    ],
)
def test_the_duration_of_audio_is_read(
    inspect: Any, content: bytes, media_type: str, seconds: int
) -> None:
    found, _ = inspect(content)
    assert (found["media_type"], found["pages"]) == (media_type, None)
    assert found["duration"] == seconds


@pytest.mark.parametrize(
    "content",
    [
        samples.mp3(title="Tides", artist="Rui Costa"),
        samples.m4a(artist="Rui Costa"),
        samples.wav(artist="Rui Costa"),
        samples.flac(artist="Rui Costa"),
    ],
)
def test_tags_of_audio_are_read_and_removed(inspect: Any, content: bytes) -> None:
    found, cleaned = inspect(content)
    assert found["author"] == "Rui Costa"
    assert b"Rui Costa" not in cleaned
    again, _ = inspect(cleaned)
    assert again["duration"] == found["duration"]
    assert again["author"] == ""


def test_the_sound_of_an_mp3_file_stays_as_it_is(inspect: Any) -> None:
    _, cleaned = inspect(samples.mp3(100, title="Tides", artist="Rui Costa"))
    assert cleaned == samples.FRAME * 100


@pytest.mark.parametrize("has_header", [True, False])
def test_an_ape_tag_is_cut_with_its_header_only_if_it_has_one(
    inspect: Any, has_header: bool
) -> None:
    _, cleaned = inspect(samples.mp3(100) + samples.ape_tag("Rui Costa", has_header=has_header))
    assert cleaned == samples.FRAME * 100


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", EMPTY),
        (b"Dear editor, here is the text.", NEITHER),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), IMAGE),
        (b"PK\x03\x04" + bytes(40), OFFICE),
        (b"\x1aE\xdf\xa3" + bytes(40), VIDEO),
        (samples.m4a(handler=b"vide"), VIDEO),
        (samples.pdf()[: len(samples.pdf()) // 2], BROKEN),
        (b"%PDF-1.7\n%%EOF\n", BROKEN),
        (b"%PDF-1.7\n" + bytes(range(256)) * 20 + b"\n%%EOF\n", BROKEN),
        (samples.encrypted_pdf(), ENCRYPTED),
        (samples.pdf(0), NO_PAGES),
        (b"ID3\x03\0\0\0\0\0\x0a" + bytes(10), NO_SOUND),
        (samples.m4a(0), NO_SOUND),
    ],
)
def test_an_unsuitable_file_is_rejected_with_a_reason(
    inspect: Any, content: bytes, message: str
) -> None:
    with pytest.raises(Unfit) as refused:
        inspect(content)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    "content",
    [
        samples.pdf_with_everything(),
        samples.mp3(5, title="Tides", artist="Rui"),
        samples.m4a(artist="Rui"),
        samples.opus(),
        samples.wav(1, artist="Rui"),
        samples.flac(artist="Rui"),
    ],
)
def test_a_file_cut_off_anywhere_is_read_or_refused(content: bytes, tmp_path: Path) -> None:
    # In this process: three hundred child processes would take long.
    path, target = tmp_path / "upload", tmp_path / "cleaned"
    for length in range(0, len(content), max(1, len(content) // 60)):
        path.write_bytes(content[:length])
        answer = reading.answer(path, target)
        assert answer.get("refused") or answer["pages"] or answer["duration"]


def test_references_in_a_circle_do_not_hang(inspect: Any) -> None:
    circle = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"
        b"trailer<</Root 1 0 R/Size 3>>\nstartxref\n9\n%%EOF\n"
    )
    with pytest.raises(Unfit) as refused:
        inspect(circle)
    assert str(refused.value) != TOO_MUCH


def test_a_file_that_takes_too_long_is_refused(inspect: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(ingest, "WAIT_SECONDS", 0.0001)
    with pytest.raises(Unfit) as refused:
        inspect(samples.pdf())
    assert str(refused.value) == TOO_MUCH


def test_a_process_without_memory_is_explained(inspect: Any, monkeypatch: Any) -> None:
    script = "import sys\nsys.exit('MemoryError')"
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"iria-process-{os.getpid()}.py"
    path.write_text(script)
    monkeypatch.setattr(process, "__file__", str(path))
    try:
        with pytest.raises(Unfit) as refused:
            inspect(samples.pdf())
    finally:
        path.unlink()
    assert str(refused.value) == TOO_MUCH
