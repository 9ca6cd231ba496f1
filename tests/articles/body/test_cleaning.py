"""Running nh3 on long texts without `<` and `>`."""

import re

import nh3
import pytest

from articles.body.cleaning import linear
from newsletter.email import editor_html

CLEANER = nh3.Cleaner(tags={"p"}, attributes={"p": {"class"}})
SLOW = ("&", "«", "&amp;", "&nbsp;", "a\u00a0", "&#171;", "& ", "&#«")


class Recorder:
    def clean(self, html: str) -> str:
        self.html = html
        return html


@pytest.mark.parametrize("slow", SLOW)
@pytest.mark.parametrize(
    "start", ["", "<p>", "<p class='", "<xmp>", "<textarea>", "<script>", "<!--", "<p class="]
)
def test_the_result_is_that_of_nh3(start: str, slow: str) -> None:
    html = start + slow * 5000
    assert linear(CLEANER, html) == CLEANER.clean(html)


@pytest.mark.parametrize("slow", SLOW)
def test_nh3_never_searches_the_whole_rest_of_a_text(slow: str) -> None:
    recorder = Recorder()
    linear(recorder, slow * 10_000)
    searched = re.split("[<>]|&gt;", recorder.html)
    assert max(len(re.findall("[&\u0080-\u00bf]", part)) for part in searched) <= 2000


def test_a_text_of_few_such_characters_is_not_changed_for_it() -> None:
    recorder = Recorder()
    html = "<p class='«'>" + "words & words " * 2000
    linear(recorder, html)
    assert recorder.html == html


def test_a_text_cannot_hide_a_url_behind_a_marker() -> None:
    html = f'<p><a href="java\ufdd0&gt;script:alert(1)">a</a>{"«" * 5000}</p>'
    assert "javascript:" not in editor_html.clean(html)
