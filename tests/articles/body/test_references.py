import pytest
from hypothesis import given

from articles.body import references
from articles.body.references import Reference, links_in, read, references_in, with_references
from articles.body.sanitiser import clean
from tests.articles.body.markup import MARKUP, dangers_in


@pytest.mark.parametrize(
    "href", ["internal:article/12", "internal:page/4#staff", "internal:article/7?print=1#h-votes"]
)
def test_a_reference_survives_the_sanitiser(href: str) -> None:
    body = f'<p>See <a href="{href}">the vote</a>.</p>'
    assert clean(body) == body


@pytest.mark.parametrize(
    "href",
    [
        "internal:article/0",
        "internal:article/-1",
        "internal:article/1e3",
        "internal:article/12/change",
        "internal:article/９",
        "internal:Article/12",
        "internal:article/1234567890123456789",
        "internal:alert(1)",
        "INTERNAL:article/x",
        "in\tternal:article/x",
        "internal:article/1#a&quot; onclick=&quot;b",
    ],
)
def test_what_only_looks_like_a_reference_loses_its_link(href: str) -> None:
    assert clean(f'<p><a href="{href}">the vote</a></p>') == "<p>the vote</p>"


def test_other_attributes_of_a_link_are_removed() -> None:
    body = (
        '<p><a href="internal:article/2" onclick="x()" data-article="3" target="_blank">a</a></p>'
    )
    assert clean(body) == '<p><a href="internal:article/2">a</a></p>'


def test_a_reference_has_a_kind_and_an_id() -> None:
    assert read("internal:page/4#staff") == (Reference("page", 4), "#staff")
    assert str(Reference("page", 4)) == "internal:page/4"
    assert read("https://example.org/internal:page/4") is None


def test_references_come_once_and_in_text_order() -> None:
    body = (
        '<p><a href="internal:article/9">A</a> <a href="internal:page/2">B</a> '
        '<a href="internal:article/9#x">C <em>D</em></a></p>'
    )
    assert references_in(body) == [Reference("article", 9), Reference("page", 2)]
    assert [text for _, text in links_in(body)] == ["A", "B", "C D"]


def test_links_in_captions_become_references_too() -> None:
    link = '<a href="/about/">us</a>'
    body = f'<p>{link}</p>\n<figure data-image="3"><figcaption>{link}</figcaption></figure>'
    found = with_references(body, lambda href: "internal:page/1")
    assert (found.count("internal:page/1"), found.count("/about/")) == (2, 0)


@given(MARKUP)
def test_replacing_links_leaves_a_sanitised_body(body: str) -> None:
    once = with_references(clean(body), lambda href: "internal:page/1?a=1&b#c")
    assert clean(once) == once
    assert with_references(once, lambda href: "internal:page/1?a=1&b#c") == once
    assert dangers_in(once) == []


def test_a_long_text_without_references_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "parse", None)
    assert references_in("<p>words</p>" * 1000) == []
