"""Text pasted from other programs."""

from articles.body.sanitiser import clean

WORD = """
<p class=MsoNormal style='margin-bottom:0cm'><b><span style='font-size:14.0pt'>Ports</span></b></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span>
<![endif]>Aden</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span
style='mso-list:Ignore'>·</span>Hodeidah<o:p></o:p></p>
<p class=MsoNormal>Traffic fell<a href="#_ftn1" name="_ftnref1"><span>[1]</span></a>.<o:p>&nbsp;</o:p></p>
<!--[if gte mso 9]><xml><w:WordDocument>Normal 0</w:WordDocument></xml><![endif]-->
<div><div id=ftn1><p class=MsoFootnoteText><a href="#_ftnref1" name="_ftn1">[1]</a> By a third.</p>
</div></div>
"""


def test_text_from_word_keeps_lists_formatting_and_footnotes() -> None:
    assert clean(WORD).split("\n") == [
        "<p><strong>Ports</strong></p>",
        "<ul><li>Aden</li><li>Hodeidah</li></ul>",
        '<p>Traffic fell<span data-footnote="By a third."></span>.</p>',
    ]


def test_a_numbered_list_from_word_is_numbered() -> None:
    item = '<p style="mso-list:l1 level1 lfo2"><span style="mso-list:Ignore">{}.</span>{}</p>'
    assert clean(item.format(1, "Wait") + item.format(2, "See")) == (
        "<ol><li>Wait</li><li>See</li></ol>"
    )


def test_text_from_google_docs_is_bold_only_where_it_was() -> None:
    pasted = (
        '<b style="font-weight:normal" id="docs-internal-guid-1"><p><span style="font-weight:700">'
        'Now</span><span style="font-style:italic"> and then</span></p></b>'
    )
    assert clean(pasted) == "<p><strong>Now</strong><em> and then</em></p>"


def test_a_post_from_wordpress_loses_its_wrappers_and_keeps_its_text() -> None:
    pasted = (
        "<!-- wp:heading --><h1 class='wp-block-heading'>Ports</h1><!-- /wp:heading -->"
        "<div class='wp-block-group'><p>One<br><br>Two</p></div>"
        "<figure class='wp-block-image'><img src='x.jpg'><figcaption>A quay</figcaption></figure>"
        "<p>&nbsp;</p><h6>Small</h6>"
    )
    assert clean(pasted).split("\n") == [
        "<h2>Ports</h2>",
        "<p>One</p>",
        "<p>Two</p>",
        "<p>A quay</p>",
        "<h4>Small</h4>",
    ]
