"""A block is declared once, and everything that handles texts knows it."""

from collections.abc import Iterator
from html import escape

import pytest
from lxml.html import HtmlElement

from articles.body import registry
from articles.body.blocks.figures import caption_of, captioned
from articles.body.normaliser import Flow
from articles.body.registry import BlockType, matching, register
from articles.body.rendering import compared_text, plain_text, render
from articles.body.sanitiser import clean
from articles.body.tree import Block, Node
from articles.editorial.admin.editor_field import EditorWidget, editor_media
from iria.transfer.site.ghost import Lexical
from iria.transfer.site.wxr import Blocks
from tests.example.harbour.blocks import KEY_FACTS

FACTS = '<aside data-key-facts=""><p>Nine ports</p></aside>'
CHART = '<figure data-chart="tides-2026"><figcaption>Tides <em>in March</em></figcaption></figure>'


def _normalise(flow: Flow, node: Node, marks: object) -> list[Block]:
    return [captioned({"data-chart": node.attributes["data-chart"]}, flow.caption(node.children))]


def _read(figure: HtmlElement, number: int) -> tuple[str, int, str] | None:
    name = figure.get("data-chart")
    return (name, number, caption_of(figure)) if name else None


CHART_BLOCK = BlockType(
    name="chart",
    tags=("figure",),
    elements={"figure": {"data-chart": matching("[a-z0-9-]{1,40}")}, "figcaption": {}},
    matches=lambda node: bool(node.attributes.get("data-chart")),
    normalise=_normalise,
    read=_read,
    write=lambda use: f'<p class="chart">{use[1]}: {escape(use[0])}, {use[2]}</p>',
    compared=lambda use: f"Chart {use[0]}",
    exports={"ghost": lambda element: {"type": "chart", "name": element.get("data-chart")}},
)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "BLOCKS", dict(registry.BLOCKS))
    register(KEY_FACTS, CHART_BLOCK)
    editor_media.cache_clear()
    yield
    editor_media.cache_clear()


def test_its_elements_are_stored_and_pasted_ones_recognised() -> None:
    assert clean(FACTS) == FACTS
    assert clean('<aside class="key-facts"><p>Nine ports</p></aside>') == FACTS
    assert clean(CHART) == CHART
    assert clean(f"<div>{CHART}text</div>") == f"{CHART}\n<p>text</p>"


def test_its_attributes_are_checked_and_what_it_may_not_contain_comes_after() -> None:
    assert "data-chart" not in clean(
        '<figure data-chart="../x"><figcaption>a</figcaption></figure>'
    )
    assert "onclick" not in clean('<aside data-key-facts="" onclick="a()"><p>a</p></aside>')
    table = "<table><tbody><tr><td>1</td></tr></tbody></table>"
    inside = f'<aside data-key-facts=""><p>Nine ports</p>{table}</aside>'
    assert clean(inside) == f"{FACTS}\n{table}"


def test_without_it_the_text_inside_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(registry.BLOCKS, "key-facts")
    monkeypatch.delitem(registry.BLOCKS, "chart")
    assert clean(FACTS + CHART) == "<p>Nine ports</p>\n<p>Tides <em>in March</em></p>"


def test_readers_see_it_as_it_writes_itself_and_outputs_may_have_a_writer_of_their_own() -> None:
    assert render(FACTS, {}) == '<aside class="key-facts"><p>Nine ports</p></aside>'
    shown = render(f"{CHART}\n{CHART}", {})
    assert '<p class="chart">1: tides-2026, Tides <em>in March</em></p>' in shown
    assert '<p class="chart">2: tides-2026' in shown
    assert render(CHART, {"chart": lambda use: "<hr>"}) == "<hr>"


def test_it_is_part_of_plain_text_and_of_comparisons() -> None:
    assert plain_text(f"{FACTS}<p>After</p>") == "Nine ports\nAfter"
    assert compared_text(CHART) == "Tides in March\nChart tides-2026"


def test_exports_have_its_own_form_or_its_html() -> None:
    ghost = Lexical(images=lambda number: None, files={}, labels=registry.Labels())
    text = ghost.convert(CHART + FACTS, {})
    assert '{"type": "chart", "name": "tides-2026"}' in text
    assert r"<aside class=\"key-facts\"><p>Nine ports</p></aside>" in text
    wordpress = Blocks(images=lambda number: None, files={}).convert(CHART + FACTS, {}, "k")
    assert '<p class="chart">1: tides-2026' in wordpress
    assert '<aside class="key-facts"><p>Nine ports</p></aside>' in wordpress


def test_the_editor_loads_its_script() -> None:
    widget = EditorWidget("body", rows=5, label="Text")
    scripts = str(widget.media)
    assert scripts.index("harbour/key-facts.js") < scripts.index("iria_admin/editor/setup.js")
