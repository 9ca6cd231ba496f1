"""Texts of both WordPress editors become HTML of ours."""

import json

import pytest

from articles.body.sanitiser import clean
from iria.transfer.wordpress.bodies import convert


def _body(text: str, **options: str) -> str:
    """As it is stored, with the source id of images in place of ours."""
    html = convert(text, **options).html
    return clean(html.replace("data-source-image", "data-image"))


def _remarks(text: str) -> list[tuple[str, str]]:
    return [(each.code, each.text) for each in convert(text).remarks]


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
    notes = json.dumps([{"id": "a1", "content": "Says <em>who</em>."}])
    assert _body(text, footnotes=notes) == '<p>So<span data-footnote="Says who."></span>.</p>'
    assert _remarks(text) == []


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


def test_a_block_that_holds_no_text_is_reported() -> None:
    assert _remarks('<!-- wp:latest-posts {"a":1} /--><p>x</p>') == [
        ("block without text", "latest-posts")
    ]


def test_an_undecided_credit_is_reported() -> None:
    assert _remarks(
        '[caption id="attachment_5"]<img src="a.jpg"/> A street (Paul Winter)[/caption]'
    ) == [("undecided credit", "A street (Paul Winter)")]
