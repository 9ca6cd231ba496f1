"""The release depends on everything that pages are made from."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import AppConfig, apps
from django.contrib.staticfiles import finders
from django.template.utils import get_app_template_dirs

from iria.core.http import release

Change = Callable[[Path, Any], None]


def _another_folder_of_templates(folder: Path, settings: Any) -> None:
    (chosen,) = settings.TEMPLATES
    settings.TEMPLATES = [{**chosen, "DIRS": [folder, *chosen["DIRS"]]}]


def _another_folder_of_static_files(folder: Path, settings: Any) -> None:
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, folder]


def _an_app(folder: Path, settings: Any) -> None:
    """Only adds the config: INSTALLED_APPS would call `ready` of all apps again."""
    apps.app_configs["offers"] = AppConfig.create("offers")
    settings.TEMPLATES = [*settings.TEMPLATES]
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS]


def _translations(folder: Path, settings: Any) -> None:
    settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, folder]


FILES: dict[str, tuple[Change, str]] = {
    "a template": (_another_folder_of_templates, "offers/box.html"),
    "a template of any kind": (_another_folder_of_templates, "offers/rules.css"),
    "a static file": (_another_folder_of_static_files, "offers/box.css"),
    "a template of an app": (_an_app, "offers/templates/offers/box.html"),
    "a static file of an app": (_an_app, "offers/static/offers/box.js"),
    "the code of an app": (_an_app, "offers/views.py"),
    "the translations of the interface": (_translations, "fr/LC_MESSAGES/django.mo"),
}


@pytest.fixture(autouse=True)
def _clear_caches() -> Iterator[None]:
    def clear() -> None:
        apps.app_configs.pop("offers", None)
        sys.modules.pop("offers", None)
        get_app_template_dirs.cache_clear()  # type: ignore[attr-defined]
        finders.get_finder.cache_clear()  # type: ignore[attr-defined]

    clear()
    yield
    clear()


@pytest.mark.parametrize("kind", FILES)
def test_a_file_outside_the_project_counts(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    change, name = FILES[kind]
    (tmp_path / "offers").mkdir()
    (tmp_path / "offers" / "__init__.py").touch()
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("one")
    monkeypatch.syspath_prepend(tmp_path)
    change(tmp_path, settings)
    release_of = release.release.__wrapped__
    before = release_of()
    assert release_of() == before
    file.write_text("two")
    assert release_of() != before


def test_another_version_of_a_package_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = release.release.__wrapped__()
    monkeypatch.setattr(release, "_packages", lambda: {"django==99"})
    assert release.release.__wrapped__() != before


def test_templates_and_static_files_of_packages_count() -> None:
    names = [name for name, _path in (*release._templates(), *release._static_files())]
    for part in (" admin/base.html", " account/login.html", " admin/css/base.css"):
        assert any(name.endswith(part) for name in names), part
