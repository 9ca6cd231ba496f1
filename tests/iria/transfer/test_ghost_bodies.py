"""Texts of Ghost's editors become HTML of ours."""

from typing import Any

import pytest

from articles.body.sanitiser import clean
from articles.body.tree import parse
from iria.transfer.ghost import bodies
from iria.transfer.ghost.bodies import Body, Place
from tests.iria.transfer.ghost_export import lexical, mobiledoc, paragraph, text

PLACE = Place("https://old.example")


def _convert(**columns: Any) -> Body:
    return bodies.convert(columns, PLACE)


def _body(**columns: Any) -> str:
    """As it is stored; images have the number 1 in place of an id of the library."""
    html = _convert(**columns).html
    return clean(html.replace("data-source-image=", 'data-image="1" data-source-image='))


def _card(name: str, **fields: Any) -> str:
    """The card, which both editors render the same way."""
    stored = _body(lexical=lexical({"type": name, **fields}))
    assert _body(mobiledoc=mobiledoc([10, 0], cards=([name, fields],))) == stored
    return stored


def _remarks(**columns: Any) -> list[str]:
    return [each.code for each in _convert(**columns).remarks]


def test_formats_of_a_text_are_nested_elements() -> None:
    parts = (text("a ", 1), text("b ", 3), text("c", 16), {"type": "linebreak"}, text("2", 64))
    assert _body(lexical=lexical(paragraph(*parts))) == (
        "<p><strong>a <em>b </em></strong><code>c</code><br><sup>2</sup></p>"
    )


def test_headings_quotes_and_lists_keep_their_form() -> None:
    item = {"type": "listitem", "children": [text("one")]}
    inner = {"type": "list", "listType": "bullet", "children": [item]}
    outer = {
        "type": "list",
        "listType": "number",
        "start": 3,
        "children": [item, {"type": "listitem", "children": [inner]}],
    }
    found = _body(
        lexical=lexical(
            {"type": "extended-heading", "tag": "h3", "children": [text("Head")]},
            {"type": "extended-quote", "children": [text("Quoted")]},
            {"type": "aside", "children": [text("Pulled")]},
            outer,
        )
    )
    assert found == (
        "<h3>Head</h3>\n<blockquote><p>Quoted</p></blockquote>\n"
        '<aside data-pull-quote=""><p>Pulled</p></aside>\n'
        '<ol start="3"><li>one<ul><li>one</li></ul></li></ol>'
    )


def test_links_to_the_site_become_paths() -> None:
    linked = [
        {"type": "link", "url": url, "children": [text("x")]}
        for url in (
            "__GHOST_URL__/about/",
            "https://www.old.example/a/?b=1#c",
            "https://else.example/",
        )
    ]
    assert _body(lexical=lexical(paragraph(*linked))) == (
        '<p><a href="/about/">x</a><a href="/a/?b=1#c">x</a><a href="https://else.example/">x</a></p>'
    )


def test_a_text_from_right_to_left_says_so() -> None:
    assert _body(lexical=lexical(paragraph(text("שלום"), direction="rtl"))) == (
        '<p dir="rtl">שלום</p>'
    )


def test_mobiledoc_sections_have_markups_and_breaks() -> None:
    found = _body(
        mobiledoc=mobiledoc(
            [1, "p", [[0, [0], 0, "a "], [0, [1], 2, "b"], [1, [], 0, 0], [0, [], 0, "<c>"]]],
            [1, "h2", [[0, [], 0, "Head"]]],
            [3, "ul", [[[0, [], 0, "one"]], [[0, [], 0, "two"]]]],
            [1, "aside", [[0, [], 0, "Pulled"]]],
            atoms=(["soft-return", "", {}],),
            markups=(["strong"], ["a", ["href", "https://else.example/", "rel", "x"]]),
        )
    )
    assert found == (
        '<p><strong>a <a href="https://else.example/">b</a></strong><br>&lt;c&gt;</p>\n'
        "<h2>Head</h2>\n<ul><li>one</li><li>two</li></ul>\n"
        '<aside data-pull-quote=""><p>Pulled</p></aside>'
    )


def test_the_first_versions_of_mobiledoc_have_cards_in_their_sections() -> None:
    document = {
        "version": "0.2.0",
        "sections": [
            [["strong"]],
            [[1, "p", [[[0], 1, "a"]]], [10, "code", {"code": "x < y"}]],
        ],
    }
    assert _body(mobiledoc=document) == (
        "<p><strong>a</strong></p>\n<pre><code>x &lt; y</code></pre>"
    )


def test_an_image_keeps_alt_text_caption_and_width_and_gives_its_credit() -> None:
    image = {
        "src": "__GHOST_URL__/content/images/size/w600/2024/05/quay.jpg",
        "alt": "A quay",
        "caption": "The <b>quay</b>. Photo: Mira Field",
        "cardWidth": "wide",
    }
    assert _card("image", **image) == (
        '<figure data-image="1" data-alt="A quay" data-width="wide">'
        "<figcaption>The <strong>quay</strong>.</figcaption></figure>"
    )
    found = _convert(lexical=lexical({"type": "image", **image}))
    assert found.credits == {"2024/05/quay.jpg": "Mira Field"}
    assert found.images == ["https://old.example/content/images/2024/05/quay.jpg"]


def test_a_gallery_keeps_its_images_and_caption() -> None:
    images = [{"src": f"/content/images/{name}.jpg", "alt": name, "row": 0} for name in "ab"]
    assert _card("gallery", images=images, caption="All") == (
        '<figure data-gallery=""><figure data-image="1" data-alt="a"><figcaption></figcaption></figure>'
        '<figure data-image="1" data-alt="b"><figcaption></figcaption></figure><figcaption>All</figcaption></figure>'
    )


@pytest.mark.parametrize(
    ("name", "fields", "stored"),
    [
        (
            "embed",
            {"url": "http://video.example/v/1", "caption": "Film"},
            '<figure data-embed="https://video.example/v/1"><figcaption>Film</figcaption></figure>',
        ),
        (
            "embed",
            {"html": '<iframe src="https://www.youtube.com/embed/abcdefg1234"></iframe>'},
            '<figure data-embed="https://www.youtube.com/watch?v=abcdefg1234"><figcaption></figcaption></figure>',
        ),
        (
            "bookmark",
            {
                "url": "https://else.example/x",
                "metadata": {"title": "A & B", "description": "About"},
                "caption": "Read it",
            },
            '<p><a href="https://else.example/x">A &amp; B</a><br>About<br>Read it</p>',
        ),
        (
            "callout",
            {"calloutEmoji": "💡", "calloutText": "Mind <b>this</b>."},
            '<aside data-callout=""><p>💡 Mind <strong>this</strong>.</p></aside>',
        ),
        (
            "toggle",
            {"heading": "Why", "content": "<p>Because.</p>"},
            "<h4>Why</h4>\n<p>Because.</p>",
        ),
        (
            "button",
            {"buttonText": "Go", "buttonUrl": "https://else.example/"},
            '<p><a href="https://else.example/">Go</a></p>',
        ),
        ("html", {"html": "<h2>H</h2><p>x"}, "<h2>H</h2>\n<p>x</p>"),
        ("markdown", {"markdown": "# One\n\n*two*"}, "<h2>One</h2>\n<p><em>two</em></p>"),
        (
            "markdown",
            {"markdown": "Text[^1]\n\n[^1]: The note."},
            '<p>Text<span data-footnote="The note."></span></p>',
        ),
        (
            "audio",
            {"src": "https://old.example/content/media/a.mp3", "title": "Talk"},
            '<p><a href="https://old.example/content/media/a.mp3">Talk</a></p>',
        ),
        (
            "video",
            {"src": "__GHOST_URL__/content/media/a.mp4", "caption": "A film"},
            '<p><a href="https://old.example/content/media/a.mp4">a.mp4</a><br>A film</p>',
        ),
        (
            "file",
            {"src": "/content/files/a.pdf", "fileTitle": "Report", "fileCaption": "2024"},
            '<p><a href="https://old.example/content/files/a.pdf">Report</a><br>2024</p>',
        ),
        (
            "header",
            {"header": "Big", "subheader": "Small", "buttonEnabled": True, "buttonText": "Go"}
            | {"buttonUrl": "https://else.example/"},
            '<h2>Big</h2>\n<p>Small</p>\n<p><a href="https://else.example/">Go</a></p>',
        ),
        ("signup", {"header": "Join", "disclaimer": "No spam"}, "<h2>Join</h2>\n<p>No spam</p>"),
        (
            "product",
            {"productTitle": "Lamp", "productDescription": "<p>Bright.</p>"}
            | {"productRatingEnabled": True, "productStarRating": 4},
            "<h4>Lamp</h4>\n<p>Bright.</p>\n<p>★★★★☆</p>",
        ),
        (
            "call-to-action",
            {"textValue": "<p>Buy.</p>", "hasSponsorLabel": True, "sponsorLabel": "<p>AD</p>"}
            | {"showButton": True, "buttonText": "Go", "buttonUrl": "https://else.example/"},
            (
                '<aside data-callout=""><p>AD</p><p>Buy.</p>'
                '<p><a href="https://else.example/">Go</a></p></aside>'
            ),
        ),
        (
            "codeblock",
            {"code": "a < b\n  c", "language": "c", "caption": "Code"},
            "<pre><code>a &lt; b\n  c</code></pre>\n<p>Code</p>",
        ),
        ("horizontalrule", {}, "<hr>"),
        ("paywall", {}, ""),
        ("email", {"html": "<p>Dear reader</p>"}, ""),
        ("email-cta", {"html": "<p>Dear reader</p>"}, ""),
        ("some-new-card", {"html": "<p>Kept</p>"}, "<p>Kept</p>"),
    ],
)
def test_a_card_becomes_its_equivalent(name: str, fields: dict[str, Any], stored: str) -> None:
    assert _card(name, **fields) == stored


@pytest.mark.parametrize(
    ("card", "remark"),
    [
        ({"type": "email", "html": "x"}, "hidden card"),
        ({"type": "signup", "header": "x"}, "card without function"),
        ({"type": "paywall"}, "card without function"),
        ({"type": "some-new-card"}, "unknown card"),
        ({"type": "html", "html": "<form><input></form>"}, "code not imported"),
        ({"type": "image", "src": "a.jpg", "href": "https://else.example/"}, "linked image"),
    ],
)
def test_content_that_is_not_imported_is_reported(card: dict[str, Any], remark: str) -> None:
    assert _remarks(lexical=lexical(card)) == [remark]


@pytest.mark.parametrize(
    "visibility",
    [
        {"web": {"nonMember": False, "memberSegment": "status:free,status:-free"}, "email": {}},
        {"showOnWeb": False, "showOnEmail": True},
        {"emailOnly": True},
        {"web": {"nonMember": "false"}},
    ],
)
def test_a_card_for_members_is_left_out(visibility: dict[str, Any]) -> None:
    card = {"type": "html", "html": "<p>Secret</p>", "visibility": visibility}
    assert _body(lexical=lexical(card)) == ""
    assert _remarks(lexical=lexical(card)) == ["hidden card"]


def test_a_part_of_html_for_members_is_left_out() -> None:
    gated = (
        '<p>Seen</p>\n<!--kg-gated-block:begin nonMember:false memberSegment:"status:free" -->'
        "<p>Secret</p><!--kg-gated-block:end--><!--kg-gated-block:begin nonMember:true -->"
        "<p>Also seen</p><!--kg-gated-block:end-->"
    )
    assert _body(html=gated) == "<p>Seen</p>\n<p>Also seen</p>"


def test_html_of_the_old_site_is_understood_by_its_classes() -> None:
    html = (
        '<figure class="kg-card kg-image-card kg-width-full kg-card-hascaption">'
        '<img src="https://old.example/content/images/a.jpg" class="kg-image" alt="A">'
        "<figcaption>Cap</figcaption></figure>"
        '<figure class="kg-card kg-embed-card"><iframe src="https://player.vimeo.com/video/123"></iframe>'
        "<figcaption>Film</figcaption></figure>"
        '<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://else.example/">'
        '<div class="kg-bookmark-content"><div class="kg-bookmark-title">T</div>'
        '<div class="kg-bookmark-description">D</div></div><img src="https://else.example/i.png"></a></figure>'
        '<div class="kg-card kg-callout-card"><div class="kg-callout-emoji">!</div>'
        '<div class="kg-callout-text">Mind</div></div>'
        '<div class="kg-card kg-gallery-card"><div class="kg-gallery-image"><img src="/content/images/b.jpg"></div>'
        '<div class="kg-gallery-image"><img src="/content/images/c.jpg"></div></div>'
    )
    assert _body(html=html) == (
        '<figure data-image="1" data-alt="A" data-width="full"><figcaption>Cap</figcaption></figure>\n'
        '<figure data-embed="https://vimeo.com/123"><figcaption>Film</figcaption></figure>\n'
        '<p><a href="https://else.example/">T</a><br>D</p>\n'
        '<aside data-callout=""><p>!</p><p>Mind</p></aside>\n'
        '<figure data-gallery=""><figure data-image="1"><figcaption></figcaption></figure>'
        '<figure data-image="1"><figcaption></figcaption></figure><figcaption></figcaption></figure>'
    )


@pytest.mark.parametrize(
    ("columns", "stored"),
    [
        ({"lexical": None, "mobiledoc": None, "html": "<p>a</p>", "markdown": "b"}, "<p>a</p>"),
        ({"html": None, "markdown": "b *c*"}, "<p>b <em>c</em></p>"),
        ({"html": "", "markdown": None}, ""),
        ({"lexical": "{broken", "html": "<p>a</p>"}, "<p>a</p>"),
        ({"lexical": "[" * 100_000, "html": "<p>a</p>"}, "<p>a</p>"),
        (
            {"lexical": '{"root": 5}', "mobiledoc": '{"sections": 1}', "html": "<p>a</p>"},
            "<p>a</p>",
        ),
    ],
)
def test_the_first_readable_form_of_a_text_is_used(columns: dict[str, Any], stored: str) -> None:
    assert _body(**columns) == stored


def test_a_text_nested_without_end_is_read_from_its_html() -> None:
    node: dict[str, Any] = paragraph(text("deep"))
    for _ in range(200):
        node = {"type": "list", "children": [{"type": "listitem", "children": [node]}]}
    assert _body(lexical=lexical(node), html="<p>a</p>") == "<p>a</p>"
    assert _remarks(lexical=lexical(node), html="<p>a</p>") == ["unreadable text"]


SCRIPT = (
    '<script>alert(1)</script><img src="x" onerror="alert(1)"><a href="javascript:alert(1)">x</a>'
)
URL = 'javascript:alert(1)"><script>alert(1)</script>'


@pytest.mark.parametrize(
    "card",
    [
        {"type": "image", "src": URL, "alt": SCRIPT, "caption": SCRIPT, "href": URL},
        {"type": "gallery", "images": [{"src": URL, "alt": SCRIPT}], "caption": SCRIPT},
        {"type": "embed", "url": URL, "html": SCRIPT, "caption": SCRIPT},
        {"type": "embed", "html": SCRIPT},
        {"type": "bookmark", "url": URL, "metadata": {"title": SCRIPT, "description": SCRIPT}},
        {"type": "callout", "calloutText": SCRIPT, "calloutEmoji": SCRIPT},
        {"type": "toggle", "heading": SCRIPT, "content": SCRIPT},
        {"type": "button", "buttonText": SCRIPT, "buttonUrl": URL},
        {"type": "html", "html": SCRIPT},
        {"type": "markdown", "markdown": SCRIPT + "\n\n[x](javascript:alert(1))"},
        {"type": "audio", "src": URL, "title": SCRIPT},
        {"type": "video", "src": URL, "caption": SCRIPT},
        {"type": "file", "src": URL, "fileTitle": SCRIPT, "fileCaption": SCRIPT},
        {"type": "header", "header": SCRIPT, "subheader": SCRIPT, "backgroundImageSrc": URL},
        {"type": "signup", "header": SCRIPT, "subheader": SCRIPT, "disclaimer": SCRIPT},
        {"type": "product", "productTitle": SCRIPT, "productDescription": SCRIPT},
        {"type": "call-to-action", "textValue": SCRIPT, "buttonUrl": URL, "imageUrl": URL},
        {"type": "codeblock", "code": SCRIPT, "caption": SCRIPT},
        {"type": "unknown", "html": SCRIPT},
        {"type": "link", "url": URL, "children": [text(SCRIPT)]},
        {"type": "extended-heading", "tag": "script", "children": [text(SCRIPT)]},
    ],
)
def test_no_card_brings_a_script(card: dict[str, Any]) -> None:
    tree = parse(_body(lexical=lexical(card)))
    for element in tree.iter():
        assert element.tag not in {"script", "img", "iframe"}
        assert not [name for name in element.attrib if name.startswith("on")]
        assert not element.get("href", "").startswith("javascript")


def test_markdown_has_line_breaks_links_marks_and_headings_without_a_space() -> None:
    written = "#Head\none\ntwo ==marked== https://else.example\n\n```\n#code ==x==\n```\n\n`==y==`"
    stored = (
        '<h1>Head</h1>\n<p>one<br>two marked <a href="https://else.example">https://else.example</a></p>\n'
        "<pre><code>#code ==x==</code></pre>\n<p><code>==y==</code></p>"
    )
    assert _body(markdown=written) == stored.replace("h1>", "h2>")


def test_a_text_without_another_form_comes_from_its_plain_text() -> None:
    assert _body(plaintext="One <1>\n\nTwo") == "<p>One &lt;1&gt;</p>\n<p>Two</p>"


def test_players_of_published_html_become_links_to_their_files() -> None:
    html = (
        '<div class="kg-card kg-audio-card"><img src="" class="kg-audio-thumbnail">'
        '<audio src="/content/media/a.mp3"></audio><div class="kg-audio-title">Talk</div><span>0:00</span></div>'
        '<figure class="kg-card kg-video-card"><video src="/content/media/v.mp4"></video><div>0:00</div>'
        "<figcaption>Film</figcaption></figure>"
    )
    found = _convert(html=html)
    assert clean(found.html) == (
        '<p><a href="https://old.example/content/media/a.mp3">Talk</a></p>\n'
        '<p><a href="https://old.example/content/media/v.mp4">v.mp4</a><br>Film</p>'
    )
    assert not found.images
    assert _remarks(html=html) == ["file not imported"] * 2


def test_a_link_to_a_portal_of_ghost_becomes_text() -> None:
    hrefs = ("#/portal/signup", "https://old.example/#/portal/account", "/#/search", "#part")
    html = "".join(f'<p><a href="{each}">x</a></p>' for each in hrefs)
    assert _body(html=html).count("<a ") == 1


def test_an_upload_at_the_host_of_ghost_is_one_of_the_site() -> None:
    url = "https://storage.ghost.io/c/ab/cd/0a/content/images/size/w600/2025/a%20b.jpg"
    assert PLACE.image(url) == "2025/a b.jpg"
    assert (
        PLACE.image_url(url) == "https://storage.ghost.io/c/ab/cd/0a/content/images/2025/a%20b.jpg"
    )
    assert Place("").image_id(url) == PLACE.image_id("/content/images/2025/a b.jpg")


def test_an_image_in_a_link_without_a_target_loses_nothing() -> None:
    assert _remarks(html='<a><img src="/content/images/a.jpg"></a>') == []


def test_the_emoji_of_a_callout_is_in_its_first_paragraph() -> None:
    assert _card("callout", calloutEmoji="💡", calloutText="<p>One</p><p>Two</p>") == (
        '<aside data-callout=""><p>💡 One</p><p>Two</p></aside>'
    )
