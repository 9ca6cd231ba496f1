"""The accent: what can be read stands, what cannot is refused with the nearest that can."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from iria.publication import colours as publication_colours
from iria.publication.colours import contrast, nearest_readable, read_hex, to_hex, to_oklch
from iria.publication.models import Publication
from tests.articles.public.test_colours import colours


@pytest.mark.parametrize(
    ("written", "meant"),
    [("#1A5F7A", "#1a5f7a"), ("1a5f7a", "#1a5f7a"), (" #abc ", "#aabbcc"), ("", None)]
    + [(wrong, None) for wrong in ("red", "#12345", "#1a5f7ag", "#1a5f7a;}", "url(x)", "#١٢٣٤٥٦")],
)
def test_a_colour_is_read_as_people_write_it(written: str, meant: str | None) -> None:
    assert read_hex(written) == meant


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#1a5f7a", "#ffcc00", "#8a0303"])
def test_a_colour_survives_the_way_to_oklch_and_back(colour: str) -> None:
    assert to_hex(to_oklch(colour)) == colour


def test_the_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_papers_are_those_of_the_tokens() -> None:
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
def test_the_nearest_passes_on_every_paper_and_keeps_the_hue(
    colour: str, papers: tuple[str, ...]
) -> None:
    nearest = nearest_readable(colour, papers, 4.5)
    assert min(contrast(nearest, paper) for paper in papers) >= 4.5
    (_, chroma, hue), (_, _, found) = to_oklch(colour), to_oklch(nearest)
    if chroma > 0.05:
        assert min(abs(hue - found), 360 - abs(hue - found)) < 6


def test_an_accent_too_pale_is_rejected_with_the_nearest_that_passes() -> None:
    with pytest.raises(ValidationError) as refused:
        publication_colours.checked_light("#ffcc00")
    message = refused.value.messages[0]
    assert "1.4 : 1" in message
    nearest = message.rsplit(" ", 1)[1].rstrip(".")
    assert publication_colours.checked_light(nearest) == nearest


def test_an_accent_too_dark_for_dark_paper_is_rejected_and_made_from_the_light_one() -> None:
    with pytest.raises(ValidationError):
        publication_colours.checked_dark("#1a5f7a")
    made = publication_colours.for_dark("#1a5f7a")
    assert publication_colours.checked_dark(made) == made


@pytest.mark.django_db
def test_a_page_asks_for_the_accent_only_where_there_is_one(client: Client) -> None:
    assert "/theme/" not in client.get("/").content.decode()
    Publication.objects.create(accent="#8a0303")
    address = re.search(r'href="(/theme/[^"]+)"', client.get("/").content.decode())
    assert address is not None
    answer = client.get(address[1])
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "--accent: light-dark(#8a0303, " in answer.content.decode()


def test_every_colour_of_the_rules_can_be_read(client: Client) -> None:
    rules = publication_colours.stylesheet("#8a0303", publication_colours.for_dark("#8a0303"))
    light, dark, deep_light, deep_dark = re.findall("#[0-9a-f]{6}", rules)
    for colour, papers in (
        *((each, publication_colours.LIGHT_PAPERS) for each in (light, deep_light)),
        *((each, publication_colours.DARK_PAPERS) for each in (dark, deep_dark)),
    ):
        assert min(contrast(colour, paper) for paper in papers) >= 4.5
    # On a button the words stand on the accent.
    assert contrast(light, to_hex(colours("light")["on-accent"])) >= 4.5
    assert contrast(dark, to_hex(colours("dark")["on-accent"])) >= 4.5


@pytest.mark.parametrize("path", ["/theme/red-blue.css", "/theme/12345-678901.css", "/theme/"])
@pytest.mark.django_db
def test_nothing_but_colours_makes_rules(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
