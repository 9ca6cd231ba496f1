"""Stylesheets are inlined into one in production."""

from functools import partial
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.core.management import call_command
from django.test import override_settings

from iria.core.static_storage import OneStylesheet, UnknownImport, inlined


def test_each_imported_file_is_in_its_layer() -> None:
    sources = {
        "css/site.css": '@layer base, theme;\n@import url("base.css") layer(base);',
        "css/base.css": "p { margin: 0; }",
    }
    assert inlined("css/site.css", sources) == ("@layer base, theme;@layer base {p { margin: 0; }}")


def test_a_media_condition_is_kept() -> None:
    sources = {
        "css/site.css": '@import url("print.css") layer(pages) print;',
        "css/print.css": "p { color: black; }",
    }
    whole = inlined("css/site.css", sources)
    assert whole.startswith("@media print {@layer pages {")


def test_relative_urls_are_adapted() -> None:
    sources = {
        "css/site.css": '@import url("components/card.css") layer(components);',
        "css/components/card.css": 'a { background: url("../../icons/icon.svg"); }',
    }
    assert 'url("../icons/icon.svg")' in inlined("css/site.css", sources)


@pytest.mark.parametrize("line", ['@import url("gone.css") layer(base);', "@import 'base.css';"])
def test_an_unsupported_import_is_an_error(line: str) -> None:
    with pytest.raises(UnknownImport):
        inlined("css/site.css", {"css/site.css": line, "css/base.css": ""})


def test_collectstatic_writes_one_stylesheet(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # To make the files as small as in production takes 10 seconds.
    monkeypatch.setattr("brotli.compress", partial(brotli.compress, quality=0))
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "iria.core.static_storage.OneStylesheet"},
    }
    with override_settings(STORAGES=storages, STATIC_ROOT=tmp_path, DEBUG=False):
        call_command("collectstatic", interactive=False, verbosity=0)
        (kept,), (broken,) = map(tmp_path.glob, ("js/site.*.js.gz", "css/site.*.css.gz"))
        broken.write_bytes(b"")
        changed_at = kept.stat().st_ctime_ns
        # A second run finds the files of the first one.
        call_command("collectstatic", interactive=False, verbosity=0)
    found = [path for path in (tmp_path / "css").glob("site.*.css") if path.name != "site.css"]
    assert len(found) == 1
    assert broken.stat().st_size > 0
    assert kept.stat().st_ctime_ns == changed_at
    whole = found[0].read_text()
    assert "@import" not in whole
    assert "@layer tokens {" in whole
    for ending in ("gz", "br"):
        assert (tmp_path / "css" / f"{found[0].name}.{ending}").exists()
        assert not (tmp_path / "css" / f"site.css.{ending}").exists()
    for name in ("iria-text", "iria-display", "iria-sans"):
        (font,) = (tmp_path / "fonts").glob(f"{name}.*.woff2")
        assert f'url("../fonts/{font.name}")' in whole


def test_script_imports_use_hashed_names(tmp_path: Path) -> None:
    storage = OneStylesheet(location=tmp_path, base_url="/static/")
    paths = {}
    for name, text in {
        "js/site.js": 'if (document.querySelector("x-part")) import("./part.js");',
        "js/part.js": "export {};",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
        paths[name] = (storage, name)
    list(storage.post_process(paths))
    written = storage.open(storage.stored_name("js/site.js")).read().decode()
    assert f'import("./{Path(storage.stored_name("js/part.js")).name}")' in written
