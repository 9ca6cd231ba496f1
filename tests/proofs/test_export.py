"""The demo newsroom is exported as open files and imported without a difference; no file names a reader.

make prove export
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from taggit.models import Tag

from accounts.models import AuthorProfile, User
from articles.comments.models import Comment
from articles.editorial import trash
from articles.editorial.models import Article, Category, Redirect
from articles.images.models import Image
from articles.pages.models import OldPagePath, Page
from newsletter.models import Subscriber
from tests import newsroom
from tests.clean_database import CleanDatabase
from tests.iria.transfer.content import (
    Content,
    as_in_ghost,
    as_in_wordpress,
    content,
    differences,
    exported,
)
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

TRASHED: Final = "Thrown away"

EMAIL: Final = re.compile(rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def different(one: Path, other: Path) -> list[str]:
    """What `diff` says of two folders."""
    result = subprocess.run(
        ["diff", "-rq", one, other], capture_output=True, text=True, check=False
    )
    return result.stdout.splitlines()


@dataclass(frozen=True)
class Demo:
    """The demo newsroom, exported in every way."""

    folder: Path
    content: Content
    names: set[str]
    """Of people, which an export without personal data must not have."""


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    names: set[str] = set()

    def make() -> None:
        call_command("load_demo", verbosity=0)
        _add_what_it_lacks()
        names.update(_names_of_people())
        call_command("export_site", folder / "public", verbosity=0)

    with django_db_blocker.unblock():
        before = exported(make, folder, "iria", "wxr", "ghost", personal_data=True)
    return Demo(folder, before, names)


def _add_what_it_lacks() -> None:
    """Redirects, a page below another, a text in the trash, and one that search engines leave alone."""
    first, second, third = Article.objects.published().order_by("pk")[:3]
    Redirect.objects.create(old_path="/2019/02/old-slug/", article=first)
    Redirect.objects.create(old_path="/?p=12", article=first)
    Redirect.objects.create(old_path="/category/old/", category=Category.objects.all()[0])
    Redirect.objects.create(old_path="/author/n\u00e9e/", author=AuthorProfile.objects.all()[0])
    Redirect.objects.create(old_path="/tag/a.b+c/", tag=Tag.objects.all()[0])
    page = Page.objects.create(
        title="Team", path="about/team", body="<p>We.</p>", is_published=True
    )
    OldPagePath.objects.create(path="people", page=page)
    Article.objects.filter(pk=second.pk).update(noindex=True, social_title="For sharing")
    Article.objects.filter(pk=third.pk).update(comments_open=False)
    trash.move(newsroom.draft(TRASHED), by=None)


def test_the_demo_newsroom_comes_back_byte_for_byte(demo: Demo, tmp_path: Path) -> None:
    _names_no_reader(demo)
    database = CleanDatabase()
    for source, personal_data in (("iria", True), ("public", False)):
        database.restore()
        with override_settings(MEDIA_ROOT=tmp_path / f"media-{source}"):
            start = perf_counter()
            call_command("import_site", demo.folder / source, verbosity=0)
            print(f"{source}: imported in {perf_counter() - start:.1f} s")
            again = tmp_path / source
            call_command("export_site", again, personal_data=personal_data, verbosity=0)
        assert different(demo.folder / source, again) == []
    checked = subprocess.run(
        ["sha256sum", "--check", "--quiet", "checksums.txt"], cwd=demo.folder / "iria", check=False
    )
    assert checked.returncode == 0


def _names_of_people() -> set[str]:
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
    return {each for each in people if each} - public


def _names_no_reader(demo: Demo) -> None:
    """Searches every file for the people in the database, and for anything like an e-mail address."""
    assert len(demo.names) > 10
    published = _published_addresses(demo.folder / "public")
    for file in (demo.folder / "public").rglob("*"):
        if not file.is_file():
            continue
        content = file.read_bytes()
        assert [name for name in demo.names if name.encode() in content] == [], file
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
    nikola: str, demo: Demo, tmp_path: Path
) -> None:
    subprocess.run(
        [
            nikola,
            "import_wordpress",
            "--no-downloads",
            "-o",
            "site",
            demo.folder / "wxr/wordpress.xml",
        ],
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
    wanted = {each["headline"] for each in demo.content["articles"].values()}
    wanted |= {each["title"] for each in demo.content["pages"].values()}
    # Nikola leaves out what is in the trash.
    assert read == wanted - {TRASHED}


def test_what_wordpress_can_hold_comes_back_from_its_export(demo: Demo, tmp_path: Path) -> None:
    folder = demo.folder / "wxr"
    _check("wordpress", folder / "wordpress.xml", tmp_path, media=folder / "media")
    expected = as_in_wordpress(demo.content)
    found = content()
    assert differences(expected, found) == []
    _has_no_more_than(expected, found)
    report = json.loads((folder / "report.json").read_text())
    assert report["counts"]["comments"] == Comment.objects.count()
    assert len(report["lost"]["biography of an author"]) == len(demo.content["authors"])
    assert {"revisions", "corrections", "series", "subscribers"} <= {*report["not_in_this_format"]}


def test_what_ghost_can_hold_comes_back_from_its_export(demo: Demo, tmp_path: Path) -> None:
    folder = demo.folder / "ghost"
    _check(
        "ghost",
        folder / "ghost.json",
        tmp_path,
        media=folder / "content",
        redirects=folder / "redirects.yaml",
        routes=folder / "routes.yaml",
    )
    expected = as_in_ghost(demo.content)
    found = content()
    assert differences(expected, found) == []
    _has_no_more_than(expected, found)
    report = json.loads((folder / "report.json").read_text())
    assert report["not_in_this_format"]["comments"]
    assert len(report["lost"]["second category, which becomes a tag"]) == sum(
        len(each["categories"]) > 1 for each in demo.content["articles"].values()
    )


def _check(system: str, file: Path, tmp_path: Path, **options: Any) -> None:
    """Imports the file, of which nothing may fail."""
    report = tmp_path / "report.json"
    with override_settings(MEDIA_ROOT=tmp_path / "media"):
        call_command(f"import_{system}", file, report=report, verbosity=0, **options)
    counts = json.loads(report.read_text())["counts"]
    assert all(each["failed"] == 0 for each in counts.values())


def _has_no_more_than(expected: Content, found: Content) -> None:
    for kind in ("articles", "images", "authors", "categories", "pages"):
        assert found[kind].keys() == expected[kind].keys()


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
