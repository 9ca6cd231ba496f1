"""The demo newsroom leaves as open files and comes back exactly, and nothing in them names a reader.

make prove export
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from accounts.models import AuthorProfile, User
from articles.comments.models import Comment
from articles.editorial.models import Article
from articles.images.models import Image
from articles.pages.models import Page
from newsletter.models import Subscriber
from tests.clean_database import CleanDatabase
from tests.proofs.size import FULL, sized

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

SIZES = sized((200, 800), (10_000, 100_000))
MEGABYTES: Final = 30
"""How much more memory the larger archive may need; caches are full after some thousand articles."""

MEASURED: Final = """
import re, runpy
from pathlib import Path
runpy.run_path("manage.py", run_name="__main__")
print(re.search("VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1])
"""
"""Not `getrusage`, which counts the memory of the process that started this one."""

EMAIL: Final = re.compile(rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def different(one: Path, other: Path) -> list[str]:
    """What `diff` says of two folders."""
    result = subprocess.run(
        ["diff", "-rq", one, other], capture_output=True, text=True, check=False
    )
    return result.stdout.splitlines()


def test_the_demo_newsroom_comes_back_byte_for_byte(tmp_path: Path, settings: Any) -> None:
    settings.STATE = tmp_path
    database = CleanDatabase()
    call_command("load_demo", verbosity=0)
    call_command("export_site", tmp_path / "first", personal_data=True, verbosity=0)
    call_command("export_site", tmp_path / "public", verbosity=0)
    _names_no_reader(tmp_path / "public")
    for source, personal_data in (("first", True), ("public", False)):
        database.restore()
        with override_settings(MEDIA_ROOT=tmp_path / f"media-{source}"):
            start = perf_counter()
            call_command("import_site", tmp_path / source, verbosity=0)
            print(f"{source}: imported in {perf_counter() - start:.1f} s")
            again = tmp_path / f"{source}-again"
            call_command("export_site", again, personal_data=personal_data, verbosity=0)
        assert different(tmp_path / source, again) == []
    checked = subprocess.run(
        ["sha256sum", "--check", "--quiet", "checksums.txt"], cwd=tmp_path / "first", check=False
    )
    assert checked.returncode == 0


def _names_no_reader(folder: Path) -> None:
    """Searches every file for the people in the database, and for anything like an e-mail address."""
    public = set(AuthorProfile.objects.values_list("name", flat=True))
    public |= set(Comment.objects.filter(state="approved").values_list("name", flat=True))
    # Names in credits are published too.
    public |= set(Image.objects.values_list("byline", flat=True))
    people = [
        *Subscriber.objects.values_list("email", flat=True),
        *Subscriber.objects.values_list("name", flat=True),
        *User.objects.values_list("email", flat=True),
        *User.objects.values_list("display_name", flat=True),
        *Comment.objects.values_list("email", flat=True),
        *Comment.objects.values_list("name", flat=True),
    ]
    names = {each for each in people if each} - public
    assert len(names) > 10
    published = _published_addresses(folder)
    for file in folder.rglob("*"):
        if not file.is_file():
            continue
        content = file.read_bytes()
        assert [name for name in names if name.encode() in content] == [], file
        if file.suffix not in {".webp", ".jpg", ".png"}:
            assert {each.decode() for each in EMAIL.findall(content)} <= published, file


def _published_addresses(folder: Path) -> set[str]:
    """The addresses of the publication itself, which stand on its pages and in its newsletters."""
    found = set()
    for kind in ("publication", "newsletters", "pages"):
        content = (folder / "data" / f"{kind}.jsonl").read_bytes()
        found |= {each.decode() for each in EMAIL.findall(content)}
    return found


@pytest.fixture(scope="module")
def nikola(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The program, in an environment of its own: its dependencies are none of ours."""
    if program := os.environ.get("NIKOLA"):
        return program
    if not FULL:
        pytest.skip("Nikola is installed at full size only; NIKOLA names one that is there.")
    folder = tmp_path_factory.mktemp("nikola")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    packages = ("nikola", "phpserialize", "requests", "html2text")
    subprocess.run([folder / "bin/pip", "install", "-q", *packages], check=True)
    return str(folder / "bin/nikola")


def test_nikola_reads_every_text_of_the_wordpress_export(
    nikola: str, tmp_path: Path, settings: Any
) -> None:
    settings.STATE = tmp_path
    call_command("load_demo", verbosity=0)
    call_command("export_site", tmp_path / "wxr", format="wxr", verbosity=0)
    subprocess.run(
        [nikola, "import_wordpress", "--no-downloads", "-o", "site", "wxr/wordpress.xml"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    read = {
        line.removeprefix(".. title: ")
        for file in (tmp_path / "site").rglob("*.meta")
        for line in file.read_text().splitlines()
        if line.startswith(".. title: ")
    }
    wanted = {*Article.objects.values_list("headline", flat=True)}
    wanted |= {*Page.objects.values_list("title", flat=True)}
    assert read == wanted


def test_a_larger_archive_needs_no_more_memory(tmp_path: Path) -> None:
    peaks = []
    for size in SIZES:
        call_command("load_synthetic", articles=size - Article.objects.count(), verbosity=0)
        start, folder = perf_counter(), tmp_path / str(size)
        peaks.append(_memory_of("export_site", str(folder), "--personal-data"))
        manifest = json.loads((folder / "manifest.json").read_text())
        assert manifest["counts"]["articles"] == size
        print(f"{size:,} articles: {perf_counter() - start:.0f} s, {peaks[-1]:.0f} MB")
    assert peaks[1] - peaks[0] < MEGABYTES


def _memory_of(*command: str) -> float:
    """The most memory of a command in a process of its own, in megabytes."""
    settings = connection.settings_dict
    url = f"postgres://{settings['USER']}:{settings['PASSWORD']}@{settings['HOST']}:{settings['PORT']}"
    result = subprocess.run(
        [sys.executable, "-c", MEASURED, *command, "-v0"],
        env={**os.environ, "DATABASE_URL": f"{url}/{settings['NAME']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(result.stdout) / 1024
