"""A wrong file is refused with what it is, before anything of it is read as something else."""

import gzip
import zipfile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from iria.transfer import formats, uploads
from iria.transfer.feeds import Feed
from iria.transfer.models import ImportRun
from iria.transfer.records import Unreadable
from tests.iria.transfer import ghost_export, wxr
from tests.iria.transfer.test_archives import MEDIUM_PAGE, POSTS, SUBSTACK_PAGE
from tests.iria.transfer.test_feeds import RSS

SYSTEMS = sorted(formats.FORMATS)
OPTIONS = formats.Options(ZoneInfo("UTC"))


def _check(file: Path, system: str) -> None:
    """Opens the file like an import; for some ZIP files only the parser knows the system."""
    formats.require(file, system)
    list(formats.FORMATS[system].open(file, OPTIONS).records())


MEDIUM_NAME = "posts/2020-05-04_Two-Cranes-0123456789ab.html"


def _zip(file: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file


def _sample(folder: Path, system: str) -> Path:
    """A valid file of this system; for Markdown, a ZIP file as it is uploaded."""
    file = folder / "sample"
    match system:
        case "wordpress":
            return wxr.write(folder, wxr.item(7))
        case "ghost":
            return ghost_export.write(folder, posts=[ghost_export.post()])
        case "substack":
            return _zip(file, {"posts.csv": POSTS, "posts/11.two-cranes.html": SUBSTACK_PAGE})
        case "medium":
            return _zip(file, {"README.html": "x", MEDIUM_NAME: MEDIUM_PAGE})
        case "markdown":
            return _zip(file, {"site/content/a.md": "# A", "site/data/posts.csv": "a,b"})
    file.write_text(RSS)
    return file


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("other", SYSTEMS)
def test_only_a_file_of_the_same_system_is_accepted(
    tmp_path: Path, system: str, other: str
) -> None:
    file = _sample(tmp_path, other)
    if system == other:
        formats.require(file, system)
        return
    with pytest.raises(Unreadable) as refused:
        _check(file, system)
    if (other, system) == ("feed", "wordpress"):
        assert refused.value.line
    elif other in {"wordpress", "ghost", "substack", "medium", "feed"}:
        assert formats.FORMATS[other].content in refused.value.reason
        assert f"import_{other}" in refused.value.reason


WRONG: dict[str, bytes] = {
    "empty": b"",
    "blank": b"\xef\xbb\xbf \r\n\x00",
    "empty zip": b"PK\x05\x06" + bytes(18),
    "half zip": b"PK\x03\x04" + bytes(30),
    "gzip": gzip.compress(b"<rss></rss>"),
    "page": b"\n<!DOCTYPE HTML><html><body>Sign in</body></html>",
    "image": b"\x89PNG\r\n\x1a\n",
    "dump": b"-- MySQL dump 10.13\nCREATE TABLE wp_posts;",
    "list": b"name;E-Mail;status\nAna;a@b.example;active\n",
    "utf-16": "<!DOCTYPE html><html></html>".encode("utf-16"),
}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_what_no_importer_reads_is_named(tmp_path: Path, system: str, content: bytes) -> None:
    file = tmp_path / "export.xml"
    file.write_bytes(content)
    with pytest.raises(Unreadable) as refused:
        formats.require(file, system)
    assert formats.FORMATS[system].content in refused.value.reason


def test_a_folder_that_was_unpacked_or_given_for_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "a.md").write_text("# A")
    formats.require(tmp_path, "markdown")
    with pytest.raises(Unreadable):
        formats.require(tmp_path, "ghost")
    (tmp_path / MEDIUM_NAME).write_text(MEDIUM_PAGE)
    for system in ("markdown", "medium"):
        with pytest.raises(Unreadable, match="Medium"):
            formats.require(tmp_path, system)


@pytest.mark.parametrize("system", [each for each in SYSTEMS if each != "markdown"])
@pytest.mark.parametrize("part", [0.5, 0.95])
def test_a_file_that_ends_in_the_middle_says_so(tmp_path: Path, system: str, part: float) -> None:
    file = _sample(tmp_path, system)
    content = file.read_bytes().rstrip()
    file.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(Unreadable) as refused:
        _check(file, system)
    assert formats.COPY_AGAIN.lower()[:-1] in refused.value.reason.lower()


def test_half_a_json_feed_says_so(tmp_path: Path) -> None:
    file = tmp_path / "feed.json"
    file.write_text('{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a')
    formats.require(file, "feed")
    with pytest.raises(Unreadable) as refused:
        list(Feed(file).records())
    assert formats.COPY_AGAIN in refused.value.reason


def test_a_text_that_only_mentions_another_format_is_no_reason(tmp_path: Path) -> None:
    feed = RSS.replace("<title>", "<title>http://wordpress.org/export/1.2/ ", 1)
    (tmp_path / "feed.xml").write_text(feed)
    formats.require(tmp_path / "feed.xml", "feed")
    post = ghost_export.post(title='"version": "https://jsonfeed.org/version/1"')
    formats.require(ghost_export.write(tmp_path, posts=[post]), "ghost")


@pytest.mark.django_db
def test_command_and_admin_refuse_a_wrong_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], admin_user: object
) -> None:
    file = _sample(tmp_path, "wordpress")
    with pytest.raises(SystemExit) as stopped:
        call_command("import_feed", file, verbosity=0)
    assert stopped.value.code == 2
    assert "import_wordpress" in capsys.readouterr().err
    uploads.server_folder().mkdir(parents=True, exist_ok=True)
    target = uploads.server_folder() / "wrong.xml"
    target.write_bytes(file.read_bytes())
    run = ImportRun.objects.create(
        system="feed", name="wrong.xml", server_file="wrong.xml", state=ImportRun.State.CHECKING
    )
    uploads.resume(run.pk, should_stop=lambda: False)
    run.refresh_from_db()
    assert (run.state, "import_wordpress" in run.error) == (ImportRun.State.FAILED, True)
