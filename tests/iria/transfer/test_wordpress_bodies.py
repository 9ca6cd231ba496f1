"""Texts of both WordPress editors become HTML of ours."""

import json
from time import process_time
from typing import Any

import pytest

from articles.body.sanitiser import clean
from iria.transfer.wordpress.bodies import convert


def _body(text: str, **options: Any) -> str:
    """As it is stored, with the source id of images in place of ours."""
    html = convert(text, **options).html
    return clean(html.replace("data-source-image", "data-image"))


def _remarks(text: str, **options: Any) -> list[tuple[str, str]]:
    return [(each.code, each.text) for each in convert(text, **options).remarks]


def test_blank_lines_and_line_ends_of_the_classic_editor_are_kept() -> None:
    assert _body("One\ntwo\n\n<strong>Three</strong>\nfour") == (
        "<p>One<br>two</p>\n<p><strong>Three</strong><br>four</p>"
    )


def test_code_keeps_its_lines() -> None:
    assert _body("<pre>a\n  b</pre>") == "<pre><code>a\n  b</code></pre>"


@pytest.mark.parametrize(
    "text",
    [
        '[caption id="attachment_5" width="9"]<img src="u/a.jpg" alt="Alt" /> The quay. Photo: Mira Field[/caption]',
        '[caption id="attachment_5" caption="The quay. Photo: Mira Field"]<img src="u/a.jpg" alt="Alt" />[/caption]',
        (
            '[caption id="attachment_5"]<a href="u/a.jpg"><img src="u/a.jpg" alt="Alt" /></a> The quay. Photo: Mira Field'
            "[/caption]"
        ),
        (
            '[caption id="attachment_5" caption="The quay. [Photo: Mira Field]"]<img src="u/a.jpg" alt="Alt" />'
            "[/caption]"
        ),
        (
            '<figure class="wp-caption"><img data-src="u/a.jpg" src="data:image/gif;base64,R0" class="wp-image-5"'
            ' alt="Alt"><noscript><img src="u/a.jpg" alt="Alt" class="wp-image-5"></noscript>'
            "<figcaption>The quay. Photo: Mira Field</figcaption></figure>"
        ),
        (
            '<!-- wp:image {"id":5} --><figure class="wp-block-image"><img src="u/a.jpg" alt="Alt" class="wp-image-5"/>'
            "<figcaption>The quay. Photo: Mira Field</figcaption></figure><!-- /wp:image -->"
        ),
        (
            '<div class="wp-caption"><img class="size-full wp-image-5" src="u/a.jpg" alt="Alt"/>'
            '<p class="wp-caption-text">The quay. Photo: Mira Field</p></div>'
        ),
    ],
)
def test_an_image_keeps_its_id_alt_text_and_caption(text: str) -> None:
    found = convert(text)
    assert clean(found.html.replace("data-source-image", "data-image")) == (
        '<figure data-image="5" data-alt="Alt"><figcaption>The quay.</figcaption></figure>'
    )
    assert found.credits == {"5": "Mira Field"}


def test_a_gallery_of_either_editor_is_a_gallery() -> None:
    new = (
        '<!-- wp:gallery --><figure class="wp-block-gallery"><figure class="wp-block-image"><img class="wp-image-5"'
        ' src="a.jpg"/></figure><figure class="wp-block-image"><img class="wp-image-6" src="b.jpg"/></figure>'
        '<figcaption class="blocks-gallery-caption">Both</figcaption></figure><!-- /wp:gallery -->'
    )
    for text, caption in (('[gallery ids="5,6"]', ""), (new, "Both")):
        assert _body(text) == (
            '<figure data-gallery=""><figure data-image="5"><figcaption></figcaption></figure>'
            '<figure data-image="6"><figcaption></figcaption></figure>'
            f"<figcaption>{caption}</figcaption></figure>"
        )


def test_a_gallery_without_ids_shows_the_attached_images() -> None:
    assert 'data-source-attached="9"' in convert("[gallery columns=3]", post_id="9").html


def test_quotes_tables_and_columns_are_kept() -> None:
    text = (
        '<!-- wp:pullquote --><figure class="wp-block-pullquote"><blockquote><p>Loud</p></blockquote></figure>'
        "<!-- /wp:pullquote --><!-- wp:quote --><blockquote><p>Said</p></blockquote><!-- /wp:quote -->"
        '<!-- wp:table --><figure class="wp-block-table"><table><tbody><tr><td>1</td></tr></tbody></table></figure>'
        '<!-- /wp:table --><!-- wp:columns --><div class="wp-block-columns"><div class="wp-block-column"><p>Left</p>'
        '</div><div class="wp-block-column"><p>Right</p></div></div><!-- /wp:columns -->'
    )
    assert _body(text) == (
        '<aside data-pull-quote=""><p>Loud</p></aside>\n<blockquote><p>Said</p></blockquote>\n'
        "<table><tbody><tr><td>1</td></tr></tbody></table>\n<p>Left</p>\n<p>Right</p>"
    )


def test_footnotes_of_the_block_editor_are_kept() -> None:
    text = '<p>So<sup data-fn="a1" class="fn"><a href="#a1">1</a></sup>.</p><!-- wp:footnotes /-->'
    notes = json.dumps(
        [{"id": "a1", "content": 'Says <a href="https://a.example/x"><em>who</em></a>.'}]
    )
    assert _body(text, footnotes=notes) == (
        '<p>So<span data-footnote="Says who (https://a.example/x)."></span>.</p>'
    )
    assert _remarks(text, footnotes=notes) == []
    assert _remarks(text) == [("footnote without text", "1")]


def test_footnotes_of_shortcodes_are_kept() -> None:
    assert _body("So[efn_note]Says <em>who</em>.[/efn_note] it is.") == (
        '<p>So<span data-footnote="Says who."></span> it is.</p>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "[embed]https://www.youtube.com/watch?v=abcdefgh[/embed]",
        '<iframe src="https://www.youtube-nocookie.com/embed/abcdefgh?rel=0"></iframe>',
        (
            '<!-- wp:embed --><figure class="wp-block-embed"><div class="wp-block-embed__wrapper">\n'
            "https://www.youtube.com/watch?v=abcdefgh\n</div></figure><!-- /wp:embed -->"
        ),
    ],
)
def test_an_embed_is_an_embed(text: str) -> None:
    assert _body(text) == (
        '<figure data-embed="https://www.youtube.com/watch?v=abcdefgh"><figcaption></figcaption></figure>'
    )


def test_unknown_shortcodes_stay_and_are_reported() -> None:
    text = 'Before [chart id="3"] and [sic] after.'
    assert _body(text) == '<p>Before [chart id="3"] and [sic] after.</p>'
    assert _remarks(text) == [("unknown shortcode", "chart")]


def test_shortcodes_in_code_and_in_double_brackets_are_no_shortcodes() -> None:
    assert _remarks('<pre>[chart id="3"]</pre> [[chart id="3"]]') == []


def test_a_shortcode_that_has_a_line_for_itself_is_reported() -> None:
    assert _remarks("Before\n\n[newsletter]\n\nAfter [sic] it") == [
        ("unknown shortcode", "newsletter")
    ]


def test_known_shortcodes_in_code_and_double_brackets_stay_text() -> None:
    assert _body('<pre>[gallery ids="1"]</pre>\n\n[[gallery ids="1"]]') == (
        '<pre><code>[gallery ids="1"]</code></pre>\n<p>[[gallery ids="1"]]</p>'
    )


def test_code_of_a_shortcode_is_code() -> None:
    text = 'Before\n\n[sourcecode language="xml"]\n<a href="x">\n\n[gallery ids="1"] &lt;b>\n[/sourcecode]\n\nAfter'
    assert _body(text) == (
        '<p>Before</p>\n<pre><code>&lt;a href="x"&gt;\n\n[gallery ids="1"] &lt;b&gt;</code></pre>\n<p>After</p>'
    )
    assert _remarks(text) == []


def test_a_block_that_holds_no_text_is_reported() -> None:
    text = (
        '<!-- wp:paragraph {"a":1} --><p>x</p><!-- /wp:paragraph -->'
        '<!-- wp:latest-posts {"a":{"b":2}} /--><!-- wp:acf/note {"data":{"text":"Of a plugin","_t":"f1"}} /-->'
    )
    assert _remarks(text) == [
        ("block without text", "latest-posts"),
        ("block without text", "acf/note: Of a plugin"),
    ]


def test_a_reusable_block_appears_where_it_is_used() -> None:
    blocks = {"5": "<!-- wp:paragraph --><p>Again</p><!-- /wp:paragraph -->"}
    found = convert(
        '<p>a</p><!-- wp:block {"ref":5} /--><!-- wp:block {"ref":6} /-->',
        reusable=lambda number: blocks.get(number, ""),
    )
    assert clean(found.html) == "<p>a</p>\n<p>Again</p>"
    assert [each.text for each in found.remarks] == ["block 6"]


def test_reusable_blocks_that_contain_each_other_end() -> None:
    block = '<!-- wp:block {"ref":5} /-->'
    assert len(convert(f"<p>a</p>{block}", reusable=lambda _number: block * 9).html) < 1000


def test_a_background_of_a_block_is_an_image() -> None:
    text = '<div class="wp-block-cover" style="background-image:url(https://u.example/a.jpg)"><p>Over it</p></div>'
    assert 'data-source-url="https://u.example/a.jpg"' in convert(text).html
    assert _body(text) == "<p>Over it</p>"


def test_a_file_is_one_link() -> None:
    text = (
        '<div class="wp-block-file"><object data="r.pdf"></object><a href="https://u.example/r.pdf">Report</a>'
        '<a href="https://u.example/r.pdf" class="wp-block-file__button" download>Download</a></div>'
    )
    assert _body(text) == '<p><a href="https://u.example/r.pdf">Report</a></p>'
    assert _remarks(text) == []


def test_urls_of_files_are_those_of_the_old_site() -> None:
    text = (
        '<a href="/wp-content/uploads/r.pdf">r</a> <a href="/about/">a</a> [audio src="/wp-content/a.mp3"]'
        '<img src="//old.example/b.jpg"><img src="/c.jpg">'
    )
    html = convert(text, site_url="https://old.example").html
    for url in ("/wp-content/uploads/r.pdf", "/wp-content/a.mp3", "/b.jpg", "/c.jpg"):
        assert f'"https://old.example{url}"' in html
    assert 'href="/about/"' in html


def test_an_emoji_image_becomes_a_character() -> None:
    assert _body('Good <img class="emoji" alt="😀" src="https://s.w.org/1.png"> day') == (
        "<p>Good 😀 day</p>"
    )


def test_a_formula_keeps_its_source() -> None:
    text = (
        "<p>So <math><semantics><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></semantics>"
        "</math>.</p>"
    )
    assert _body(text) == "<p>So <code>x^2</code>.</p>"


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        (
            '<div><script src="https://a.example/x.js"></script></div>',
            "script https://a.example/x.js",
        ),
        ('<form action="/go"><button>Go</button></form>', "form /go"),
        ("<p><svg><circle/></svg></p>", "svg"),
    ],
)
def test_code_that_is_lost_is_reported(text: str, remark: str) -> None:
    assert _remarks(text) == [("code not imported", remark)]


def test_a_video_of_an_old_player_is_an_embed() -> None:
    text = '<object><param name="movie" value="https://www.youtube.com/v/abcdefgh"></object>'
    assert 'data-embed="https://www.youtube.com/watch?v=abcdefgh"' in _body(text)


def test_only_a_link_that_is_lost_with_its_image_is_reported() -> None:
    text = "".join(
        f'<p><a {attributes}><img src="https://u.example/a.jpg"></a></p>'
        for attributes in (
            'href="https://u.example/a.jpg"',
            'href="https://u.example/2020/a/" rel="attachment wp-att-5"',
            'href="https://sponsor.example/"',
        )
    )
    assert _remarks(text) == [("linked image", "https://sponsor.example/")]


def test_an_image_inside_the_text_is_reported_without_its_data() -> None:
    remarks = _remarks(f'<p>x<img src="data:image/png;base64,{"A" * 500}"></p>')
    assert [code for code, _ in remarks] == ["image not imported"]
    assert "AAA" not in remarks[0][1]


def test_an_undecided_credit_is_reported() -> None:
    assert _remarks(
        '[caption id="attachment_5"]<img src="a.jpg"/> A street (Paul Winter)[/caption]'
    ) == [("undecided credit", "A street (Paul Winter)")]


def test_comments_without_an_end_take_no_longer_than_text() -> None:
    def seconds(text: str) -> float:
        times = []
        for _ in range(3):
            start = process_time()
            assert convert(text).html
            times.append(process_time() - start)
        return min(times)

    # A search for the end of each of them would take some hundred times as long.
    assert seconds("<!-- " * 5_000) < 30 * seconds("word " * 5_000)
