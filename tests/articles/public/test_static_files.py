"""The size of stylesheets, scripts and fonts."""

import gzip
import re
from pathlib import Path

import pytest

from iria.core.static_storage import inlined

STATIC = Path(__file__).resolve().parents[3] / "static"


OF_AN_ACCOUNT = {"passkeys.js"}
"""Loaded only by pages that use passkeys, not by pages for readers."""


def test_all_scripts_for_readers_together_are_at_most_twelve_kilobytes_compressed() -> None:
    there = {script.name: script for script in (STATIC / "js").rglob("*.js")}
    assert there.keys() > OF_AN_ACCOUNT
    assert "passkeys" not in (STATIC / "js" / "site.js").read_text()
    scripts = [script for name, script in there.items() if name not in OF_AN_ACCOUNT]
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) <= 12 * 1024


def test_the_stylesheet_is_at_most_twenty_kilobytes_compressed() -> None:
    folder = STATIC / "css"
    sources = {
        path.relative_to(STATIC).as_posix(): path.read_text() for path in folder.rglob("*.css")
    }
    stylesheet = inlined("css/site.css", sources)
    assert len(gzip.compress(stylesheet.encode())) <= 20 * 1024


def test_fonts_are_at_most_seventy_kilobytes_each_and_have_a_licence() -> None:
    fonts = [
        font
        for font in (STATIC / "fonts").glob("*.woff2")
        if not font.stem.startswith("iria-admin")  # readers do not load those
    ]
    assert len(fonts) == 7
    assert max(font.stat().st_size for font in fonts) <= 70 * 1024
    licence = (STATIC / "fonts" / "OFL.txt").read_text()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


def test_every_stylesheet_is_short_and_imported() -> None:
    named = re.findall(r'url\("([^"]+)"\)', (STATIC / "css" / "site.css").read_text())
    there = [
        path.relative_to(STATIC / "css").as_posix() for path in (STATIC / "css").rglob("*.css")
    ]
    public = {name for name in there if not name.startswith("mail/")}
    assert set(named) | {"site.css"} == public
    for name in named:
        assert len((STATIC / "css" / name).read_text().splitlines()) < 400, name


def test_every_token_that_is_used_is_defined() -> None:
    sheets = {path.name: path.read_text() for path in (STATIC / "css").rglob("*.css")}
    used = {name for text in sheets.values() for name in re.findall(r"var\((--[\w-]+)\)", text)}
    defined = {name for text in sheets.values() for name in re.findall(r"(--[\w-]+):", text)}
    assert used <= defined, used - defined


@pytest.mark.parametrize("side", ["left", "right"])
def test_stylesheets_use_logical_properties(side: str) -> None:
    """A right-to-left page is the same page mirrored."""
    physical = re.compile(
        rf"(?:margin|padding|border)-{side}|(?:^|[\s{{;]){side}\s*:|align:\s*{side}"
    )
    for path in (STATIC / "css").rglob("*.css"):
        assert not physical.search(path.read_text()), path.name


def test_the_files_of_a_face_have_the_same_weights() -> None:
    """With different weights, a browser uses only one of the files, and a fallback for other letters."""
    rules = (STATIC / "css" / "fonts.css").read_text().split("@font-face")[1:]
    weights: dict[tuple[str, ...], set[str]] = {}
    for rule in rules:
        found = dict(re.findall(r"(font-[\w-]+): ([^;]+);", rule))
        if "Fallback" not in found["font-family"]:
            face = (found["font-family"], found["font-style"])
            weights.setdefault(face, set()).add(found["font-weight"])
    assert len(weights) == 4
    assert {face: len(each) for face, each in weights.items()} == dict.fromkeys(weights, 1)
