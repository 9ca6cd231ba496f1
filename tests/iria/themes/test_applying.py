"""Themes while the site runs, with collected static files as in production."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError
from django.template.loader import get_template
from django.test import Client, override_settings
from django.utils import timezone

from iria.core.rendering import discard_themes, theme_from
from iria.core.static_storage import OneStylesheet
from iria.publication.models import Publication
from iria.themes.checks import renew_pages, why_unusable
from iria.themes.chosen import chosen_theme
from iria.themes.loader import error_key
from tests.iria.themes.conftest import MakeTheme

URL = "/admin/iria/publication/appearance/"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Static files as collectstatic writes them, before the theme of the test was there."""
    folder = tmp_path_factory.mktemp("static")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("brotli.compress", partial(brotli.compress, quality=0))
        with as_in_production(folder):
            call_command("collectstatic", interactive=False, verbosity=0)
    return folder


def as_in_production(folder: Path) -> Any:
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "iria.core.static_storage.OneStylesheet"},
    }
    return override_settings(
        STORAGES=storages,
        STATIC_ROOT=folder,
        WHITENOISE_AUTOREFRESH=False,
        WHITENOISE_USE_FINDERS=False,
    )


@pytest.fixture(autouse=True)
def production(collected: Path) -> Iterator[None]:
    with as_in_production(collected):
        yield


def look(client: Client) -> str:
    """The stylesheet of the theme that the front page links to; empty with the built-in look."""
    response = client.get("/")
    assert response.status_code == 200
    found = re.search(r'href="(/static/themes/harbour/[^"]+)"', response.content.decode())
    if found is None:
        return ""
    # A process whose middleware was made before these files were.
    answer = client.get(found[1])
    assert "immutable" in answer.headers["Cache-Control"]
    return b"".join(answer).decode()


MISSING_FILE = '{% load static %}{% static "no-such-file.css" %}'
CORAL = {"static/theme.css": "a { color: coral }"}


def test_another_process_reads_applied_files_again(client: Client, make_theme: MakeTheme) -> None:
    theme = make_theme(CORAL | {"templates/_footer.html": "<footer>Old</footer>"})
    Publication(name="Meridian", theme="harbour").save()
    assert "Old" in client.get("/").content.decode()
    (theme.templates / "_footer.html").write_text("<footer>New</footer>")
    assert "Old" in client.get("/").content.decode()
    Publication.objects.update(theme_applied_at=timezone.now())
    assert "New" in client.get("/").content.decode()


def break_template(folder: Path) -> None:
    (folder / "templates" / "_footer.html").write_text(MISSING_FILE)


def break_filter(folder: Path) -> None:
    (folder / "templates" / "_footer.html").write_text("{{ 1|divisibleby:0 }}")


@pytest.mark.parametrize("damage", [break_template, break_filter])
def test_readers_get_the_built_in_look_and_editors_a_sentence_when_a_theme_fails(
    admin_client: Client, client: Client, make_theme: MakeTheme, damage: Callable[[Path], None]
) -> None:
    footer = "{% load static %}<footer id='harbour'></footer>"
    theme = make_theme(CORAL | {"templates/_footer.html": footer})
    admin_client.post(URL, {"theme": "harbour"})
    assert "id='harbour'" in client.get("/").content.decode()
    damage(theme.folder)
    # As in a process that starts now.
    discard_themes()
    Publication.objects.update(tagline="Renewed")
    html = client.get("/").content.decode()
    assert '<footer class="' in html
    assert admin_client.get(URL).status_code == 200
    assert "the built-in look is used" in admin_client.get(URL).content.decode()
    assert Publication.objects.get().theme == "harbour"


def test_stored_pages_are_renewed_once_when_the_folder_goes_and_when_it_returns(
    admin_client: Client, client: Client, make_theme: MakeTheme
) -> None:
    folder = make_theme(CORAL).folder
    admin_client.post(URL, {"theme": "harbour"})

    def etags() -> list[str]:
        found = []
        for _time in range(2):
            renew_pages()
            found.append(client.get("/").headers["ETag"])
        return found

    chosen = {client.get("/").headers["ETag"], *etags()}
    shutil.move(folder, away := folder.with_name("away"))
    gone = {*etags()}
    assert look(client) == ""
    shutil.move(away, folder)
    returned = {*etags()}
    assert look(client) == CORAL["static/theme.css"]
    assert len(chosen) == len(gone) == len(returned) == 1
    assert chosen.isdisjoint(gone)
    assert gone.isdisjoint(returned)


def test_a_theme_that_cannot_render_the_front_page_is_not_chosen(
    admin_client: Client, client: Client, make_theme: MakeTheme
) -> None:
    make_theme({"templates/_footer.html": MISSING_FILE})
    response = admin_client.post(URL, {"theme": "harbour"}, follow=True)
    assert "no-such-file.css" in response.content.decode()
    assert Publication.objects.get().theme == ""
    preview = re.search(rf'href="({URL}preview/[^"]+)" target', response.content.decode())
    assert preview is not None
    assert admin_client.get(preview[1]).status_code == 200
    assert look(client) == ""


def test_files_that_cannot_be_copied_leave_the_built_in_look(
    admin_client: Client, client: Client, make_theme: MakeTheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_theme({"static/theme.css": "a { color: grey }"})

    def refuse(*args: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(OneStylesheet, "_copy_theme", refuse)
    assert (
        "PermissionError"
        in admin_client.post(URL, {"theme": "harbour"}, follow=True).content.decode()
    )
    Publication.objects.update(theme="harbour")
    assert look(client) == ""


def test_an_error_of_the_database_is_not_blamed_on_the_theme(
    admin_client: Client, make_theme: MakeTheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_theme(CORAL)
    admin_client.post(URL, {"theme": "harbour"})

    def fail(*args: Any, **options: Any) -> str:
        raise OperationalError

    monkeypatch.setattr("iria.themes.loader.Template.render", fail)
    with theme_from(lambda: ("harbour", None)), pytest.raises(OperationalError):
        get_template("404.html").render()
    assert why_unusable(chosen_theme(Publication.objects.get()).theme) is None


def test_an_error_with_the_files_before_does_not_count_once_others_are_applied(
    admin_client: Client, client: Client, make_theme: MakeTheme
) -> None:
    make_theme(CORAL)
    theme = chosen_theme(Publication.objects.get(), "harbour").theme
    before = timezone.now()
    cache.set(error_key("harbour"), ("_footer.html", "It cannot be rendered.", before))
    assert why_unusable(theme) is not None
    assert why_unusable(theme, before + timedelta(seconds=1)) is None
