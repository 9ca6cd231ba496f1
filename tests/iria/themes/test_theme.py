"""`theme.toml`, the stylesheet made of it, and `check_theme`."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client

from iria import environment
from iria.publication.colours import to_hex
from iria.publication.models import Publication
from iria.themes.chosen import ChosenTheme, built_in_theme, installed_themes
from iria.themes.theme import COLOURS, SIZES, InvalidTheme, read
from tests.articles.public.test_colours import colours
from tests.iria.themes.conftest import MakeTheme

STYLESHEETS = re.compile(r'<link rel="stylesheet" href="([^"]+)"')


def linked_rules(client: Client) -> str:
    """The stylesheets of the front page that are made for the publication."""
    urls = STYLESHEETS.findall(client.get("/").content.decode())
    return "".join(client.get(url).content.decode() for url in urls if url.startswith("/theme/"))


def checked(theme: str = "") -> str:
    output = StringIO()
    try:
        call_command("check_theme", theme, stdout=output)
    except CommandError as error:
        return output.getvalue() + str(error)
    return ""


def test_the_built_in_theme_has_the_values_of_the_tokens() -> None:
    theme = built_in_theme()
    for scheme in ("light", "dark"):
        known = colours(scheme)
        assert {name: to_hex(known[name]) for name in COLOURS} == theme.colours[scheme]
    tokens = (Path(__file__).parents[3] / "static" / "css" / "tokens.css").read_text()
    for name, length in theme.sizes.items():
        assert f"{SIZES[name]}: {length};" in tokens


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["default", "institute"])
def test_the_themes_that_come_with_the_system_have_no_problems(key: str) -> None:
    assert checked(key) == ""


def test_the_second_theme_changes_every_colour_of_paper_text_and_links() -> None:
    theme = installed_themes()["institute"]
    for scheme in ("light", "dark"):
        for name in ("paper", "ink", "accent"):
            assert theme.colours[scheme][name] != built_in_theme().colours[scheme][name]


def test_colours_fonts_and_sizes_of_a_theme_are_in_its_stylesheet(
    use_theme: MakeTheme, client: Client
) -> None:
    use_theme(
        {
            "theme.toml": (
                '[colours.light]\nink = "#101010"\n[colours.dark]\nink = "#f0f0f0"\n'
                '[fonts]\ntext = "Harbour, serif"\n[[fonts.files]]\nfamily = "Harbour"\n'
                'file = "harbour.woff2"\n[sizes]\nradius = "5px"\n'
            ),
            "static/harbour.woff2": "",
        }
    )
    rules = linked_rules(client)
    assert "--ink: light-dark(#101010, #f0f0f0);" in rules
    assert "--latin-text: Harbour, serif;" in rules
    assert "--radius: 5px;" in rules
    assert '@font-face { font-family: "Harbour"' in rules
    # What it does not set is as in the built-in design.
    assert "--paper:" not in rules


def test_without_a_theme_there_is_no_second_stylesheet(client: Client, db: None) -> None:
    Publication(name="Meridian").save()
    assert linked_rules(client) == ""


def test_an_old_stylesheet_url_answers_with_the_present_colours_briefly(
    use_theme: MakeTheme, client: Client
) -> None:
    use_theme({"theme.toml": '[sizes]\nradius = "5px"\n'})
    response = client.get("/theme/harbour/0123456789abcdef.css")
    assert "--radius: 5px;" in response.content.decode()
    assert "immutable" not in response.headers["Cache-Control"]
    assert client.get("/theme/nowhere/0123456789abcdef.css").status_code == 404


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("name = ", "theme.toml"),
        ("[colors]", "colors"),
        ('[colours.light]\nsky = "#aabbcc"\n', "sky"),
        ('[colours.light]\nink = "red"\n', "red"),
        ('[colours.light]\nink = "#101010"\n', "ink"),
        ('[sizes]\nmeasure = "wide"\n', "wide"),
        ('[sizes]\nmeasure = "1px; } body { display: none"\n', "measure"),
        ('[fonts]\ntext = "x; } body { color: red"\n', "fonts.text"),
        ('[[fonts.files]]\nfamily = "A"\nfile = "../../secret.woff2"\n', "fonts.files"),
        ('[patterns]\nsections = ["mosaic"]\n', "sections"),
    ],
)
def test_a_wrong_theme_file_is_refused_with_what_is_wrong(
    tmp_path: Path, text: str, named: str
) -> None:
    (tmp_path / "theme.toml").write_text(text)
    with pytest.raises(InvalidTheme, match=re.escape(named)):
        read("harbour", tmp_path)


def test_pages_are_answered_with_a_wrong_theme_file_and_the_check_says_so(
    make_theme: MakeTheme, client: Client, db: None
) -> None:
    with pytest.raises(InvalidTheme):
        make_theme({"theme.toml": "[colors]"})
    Publication(name="Meridian", theme="harbour").save()
    assert client.get("/").status_code == 200
    assert "colors" in checked("harbour")


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"theme.toml": '[colours.light]\nink = "#dddddd"\n[colours.dark]\nink = "#eeeeee"\n'}, "1.3"),
        ({"theme.toml": '[[fonts.files]]\nfamily = "Harbour"\nfile = "gone.woff2"\n'}, "gone.woff2"),
        ({"templates/_footer.html": '<footer style="color: red"></footer>'}, "_footer.html"),
        ({"templates/_footer.html": "<footer><script>alert(1)</script></footer>"}, "_footer.html"),
        ({"templates/_footer.html": '<footer onclick="go()"></footer>'}, "_footer.html"),
        (
            {"templates/_footer.html": '<img src="https://cdn.example/a.png" alt="">'},
            "https://cdn.example/a.png",
        ),
        ({"static/theme.css": '@import "https://cdn.example/a.css";'}, "static/theme.css"),
        ({"static/theme.css": "body { background: url(//cdn.example/a.png) }"}, "static/theme.css"),
    ],
)  # fmt: skip
def test_the_check_finds_what_would_not_work(
    use_theme: MakeTheme, files: dict[str, str], named: str
) -> None:
    use_theme(files)
    assert named in checked()


def test_the_check_names_the_themes_there_are(db: None) -> None:
    assert "institute" in checked("nowhere")


@pytest.mark.parametrize("value", ["nowhere", "no/such/folder", "default,default", "os.path"])
def test_a_wrong_setting_stops_the_start_with_its_name(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("IRIA_THEME", value)
    with pytest.raises(ImproperlyConfigured, match="IRIA_THEME"):
        environment.themes("IRIA_THEME", Path(__file__).parents[3] / "iria" / "themes")


def test_a_folder_and_a_package_are_themes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make_theme: MakeTheme
) -> None:
    folder = make_theme({}).folder
    package = tmp_path / "lighthouse"
    package.mkdir()
    (package / "theme.toml").touch()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("IRIA_THEME", f"lighthouse,{folder},institute")
    found = environment.themes("IRIA_THEME", Path(__file__).parents[3] / "iria" / "themes")
    assert list(found) == ["lighthouse", "harbour", "institute"]


def test_what_a_theme_does_not_set_is_inherited(make_theme: MakeTheme) -> None:
    theme = make_theme({"theme.toml": '[sizes]\nradius = "5px"\n'})
    changed: dict[str, Any] = {"sizes": {"measure": "30rem"}}
    sizes = ChosenTheme(theme, changed).sizes
    assert sizes == built_in_theme().sizes | {"radius": "5px", "measure": "30rem"}
