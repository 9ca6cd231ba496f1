"""Markup for tests of the body: random markup and lists of attacks."""

import json
import re
from html.parser import HTMLParser

from hypothesis import strategies as st

from tests.shared import shared_data

ADDRESSES = {"href", "src", "srcset", "action", "formaction", "data", "poster", "xlink:href"}
TAGS = (
    "p div h1 h2 h3 h5 ul ol li blockquote pre code figure figcaption table caption thead tbody tr "
    "aside th td a span b i em strong u s sub sup font center section br hr img script style svg math "
    "template textarea select option form button iframe o:p xml dl dt dd cite"
)
ATTRIBUTES = (
    'data-image="7"',
    'data-image="x"',
    "data-width=wide",
    "data-gallery",
    "data-callout",
    'data-pull-quote=""',
    "class=wp-block-pullquote",
    'data-embed="https://vimeo.com/7?a=1&amp;b=2"',
    'data-embed="javascript:alert(1)"',
    'data-footnote="a note"',
    'data-footnote="&lt;script&gt;"',
    'href="https://example.org/?a=1&b=2"',
    "href=javascript:alert(1)",
    'href="internal:article/7?a=1&amp;b=2#part"',
    'href="internal:alert(1)"',
    "onclick=alert(1)",
    'style="font-weight:bold"',
    'style="mso-list:Ignore"',
    "class=MsoListParagraph",
    "lang=fr",
    "dir=rtl",
    "id=part",
    "colspan=2",
    "rowspan=0",
    "start=3",
    "src=x",
)
WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=8
) | st.sampled_from(
    ["ferry", " ", "\n\n", "&amp;", "&#0;", "&nbsp;", "<", ">", "\x0b", "<!--", "-->"]
)


@st.composite
def tags(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(TAGS.split()))
    if draw(st.booleans()):
        return f"</{name}>"
    given = draw(st.lists(st.sampled_from(ATTRIBUTES), max_size=2))
    return f"<{' '.join([name, *given])}>"


MARKUP = st.lists(tags() | WORDS, max_size=24).map("".join)
"""Random markup: tags open, close and overlap in any order."""


def payloads() -> list[str]:
    """Every string of the attack lists."""
    owasp: list[str] = json.loads(shared_data("xss", "owasp-filter-evasion.json").read_text())
    bleach = json.loads(shared_data("xss", "bleach-data.json").read_text())
    return [*owasp, *(entry["payload"] for entry in bleach)]


def fuzzing_tokens() -> list[str]:
    """The tokens of the fuzzing dictionaries."""
    found = []
    for kind in ("html", "svg", "xml"):
        text = shared_data("xss", f"google-fuzzing-{kind}.dict").read_text()
        for token in re.findall(r'^(?!#)[^"\n]*"(.*)"\s*$', text, re.MULTILINE):
            found.append(token.encode().decode("unicode_escape"))
    return found


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "iframe", "object", "embed", "svg", "math", "base", "meta"}:
            self.dangers.append(tag)
        for name, value in attrs:
            url = re.sub(r"[\s\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or name == "style":
                self.dangers.append(name)
            if name in ADDRESSES and url.startswith(("javascript:", "data:", "vbscript:")):
                self.dangers.append(f"{name}={url}")


def dangers_in(html: str) -> list[str]:
    """Scripts, event handlers, styles and script URLs found by an HTML parser."""
    finder = _Finder()
    finder.feed(html)
    finder.close()
    return finder.dangers
