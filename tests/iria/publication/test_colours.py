"""The accent colour: contrast checks and the stylesheet."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from iria.publication import colours as publication_colours
from iria.publication.colours import contrast, nearest_readable, read_hex, to_hex, to_oklch
from iria.publication.models import Publication
from tests.articles.public.test_colours import colours
from tests.shared import PROJECT


@pytest.mark.parametrize(
    ("text", "colour"),
    [("#1A5F7A", "#1a5f7a"), ("1a5f7a", "#1a5f7a"), (" #abc ", "#aabbcc"), ("", None)]
    + [(wrong, None) for wrong in ("red", "#12345", "#1a5f7ag", "#1a5f7a;}", "url(x)", "#١٢٣٤٥٦")],
)
def test_common_notations_of_a_colour_are_accepted(text: str, colour: str | None) -> None:
    assert read_hex(text) == colour


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#1a5f7a", "#ffcc00", "#8a0303"])
def test_a_colour_is_converted_to_oklch_and_back(colour: str) -> None:
    assert to_hex(to_oklch(colour)) == colour


def test_the_contrast_follows_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_backgrounds_are_those_of_the_tokens() -> None:
    for scheme, papers in (
        ("light", publication_colours.LIGHT_PAPERS),
        ("dark", publication_colours.DARK_PAPERS),
    ):
        known = colours(scheme)
        assert papers == (to_hex(known["paper"]), to_hex(known["paper-deep"]))


@pytest.mark.parametrize("colour", ["#ffcc00", "#ff0000", "#777777", "#00ff00", "#fcfbf8"])
@pytest.mark.parametrize(
    "papers", [publication_colours.LIGHT_PAPERS, publication_colours.DARK_PAPERS]
)
def test_the_nearest_readable_colour_keeps_the_hue(colour: str, papers: tuple[str, ...]) -> None:
    nearest = nearest_readable(colour, papers, 4.5)
    assert min(contrast(nearest, paper) for paper in papers) >= 4.5
    (_, chroma, hue), (_, _, found) = to_oklch(colour), to_oklch(nearest)
    if chroma > 0.05:
        assert min(abs(hue - found), 360 - abs(hue - found)) < 6


def test_a_pale_accent_is_rejected_with_a_suggestion() -> None:
    with pytest.raises(ValidationError) as error:
        publication_colours.checked_light("#ffcc00")
    message = error.value.messages[0]
    assert "1.3 : 1" in message
    nearest = message.rsplit(" ", 1)[1].rstrip(".")
    assert publication_colours.checked_light(nearest) == nearest


def test_a_dark_accent_for_dark_mode_is_rejected_and_derived() -> None:
    with pytest.raises(ValidationError):
        publication_colours.checked_dark("#1a5f7a")
    derived = publication_colours.for_dark("#1a5f7a")
    assert publication_colours.checked_dark(derived) == derived


@pytest.mark.django_db
def test_a_page_links_the_theme_only_with_an_accent(client: Client) -> None:
    assert "/theme/" not in client.get("/").content.decode()
    Publication.objects.create(accent="#8a0303")
    url = re.search(r'href="(/theme/[^"]+)"', client.get("/").content.decode())
    assert url is not None
    response = client.get(url[1])
    assert response.headers["Content-Type"].startswith("text/css")
    assert "immutable" in response.headers["Cache-Control"]
    assert "--accent: light-dark(#8a0303, " in response.content.decode()


@pytest.mark.parametrize("accent", ["#8a0303", "#1a5f7a", "#2d6a1e", "#6b3fa0", "#555555"])
def test_all_colours_of_the_stylesheet_are_readable(accent: str) -> None:
    rules = publication_colours.stylesheet(accent, publication_colours.for_dark(accent))
    found = {
        name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", rules)
    }
    assert set(found) == {"accent", "accent-deep", "button", "cover", "on-cover-soft", "tint"}
    schemes = (
        ("light", publication_colours.LIGHT_PAPERS),
        ("dark", publication_colours.DARK_PAPERS),
    )
    for place, (scheme, papers) in enumerate(schemes):
        theirs = {name: pair[place] for name, pair in found.items()}
        ours = {name: to_hex(colour) for name, colour in colours(scheme).items()}
        for paper in papers:
            assert contrast(theirs["accent"], paper) >= 4.5
            assert contrast(theirs["accent-deep"], paper) >= 4.5
        assert contrast(ours["on-accent"], theirs["button"]) >= 4.5
        assert contrast(ours["on-cover"], theirs["cover"]) >= 7
        assert contrast(theirs["on-cover-soft"], theirs["cover"]) >= 7
        assert contrast(ours["ink-quiet"], theirs["tint"]) >= 4.5


@pytest.mark.parametrize("path", ["/theme/red-blue.css", "/theme/12345-678901.css", "/theme/"])
@pytest.mark.django_db
def test_other_theme_urls_are_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_the_admin_has_the_accent_of_the_publication(client: Client, edna: User) -> None:
    assert "/theme/" not in client.get("/admin/login/").content.decode()
    Publication.objects.create(accent="#8a0303")
    client.force_login(edna)
    url = re.search(r'href="(/theme/admin-[^"]+)"', client.get("/admin/").content.decode())
    assert url is not None
    response = client.get(url[1])
    assert response.headers["Content-Type"].startswith("text/css")
    assert "immutable" in response.headers["Cache-Control"]
    assert "--admin-accent: light-dark(#8a0303, " in response.content.decode()


@pytest.mark.parametrize(
    "accent", ["#8a0303", "#767676", "#9a6400", "#0000ee", "#00766c", "#000000"]
)
def test_the_accent_is_readable_on_every_surface_of_the_admin(accent: str) -> None:
    dark = publication_colours.for_dark(accent)
    rules = publication_colours.admin_stylesheet(accent, dark)
    found = re.findall(r"light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", rules)
    plain, strong, soft = found
    papers = (publication_colours.ADMIN_LIGHT, publication_colours.ADMIN_DARK)
    for scheme, surfaces, on_accent in ((0, papers[0], "#fcfcf9"), (1, papers[1], "#0e171e")):
        for surface in (*surfaces, soft[scheme], on_accent):
            assert contrast(plain[scheme], surface) >= 4.5
            assert contrast(strong[scheme], surface) >= 4.5


def test_the_surfaces_of_the_admin_are_those_of_its_stylesheet() -> None:
    tokens = (PROJECT / "static" / "iria_admin" / "tokens.css").read_text()
    for scheme, papers in enumerate(
        (publication_colours.ADMIN_LIGHT, publication_colours.ADMIN_DARK)
    ):
        for name, paper in zip(("canvas", "sunken", "raised", "hover"), papers, strict=True):
            pair = re.search(
                rf"--admin-{name}: light-dark\(oklch\((.*?)\), oklch\((.*?)\)\)", tokens
            )
            assert pair is not None
            light, chroma, _hue = map(float, pair[scheme + 1].split())
            found = to_oklch(paper)
            assert abs(found[0] - light) < 0.006
            assert abs(found[1] - chroma) < 0.006
