"""Whatever is in a file, the parsers of imports raise nothing but their own error, yield what can be stored, and end soon."""

import contextlib
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.body.captions import clean_caption
from articles.body.rendering import render
from articles.body.sanitiser import clean
from iria.core.text.typography import typeset_html
from iria.transfer import bodies, medium, substack
from iria.transfer.captions import split_html
from iria.transfer.feed_entries import PERSON
from iria.transfer.feeds import Feed
from iria.transfer.ghost import bodies as ghost
from iria.transfer.markdown import bodies as markdown
from iria.transfer.markdown.files import parse_fields
from iria.transfer.markdown.parser import HEADING, TITLE, MarkdownFolder
from iria.transfer.records import Unreadable
from iria.transfer.wordpress import bodies as wordpress
from iria.transfer.wordpress.parser import Export
from iria.transfer.writer.run import Source
from tests.iria.transfer import test_archives, test_feeds, test_markdown, wxr
from tests.proofs.size import sized

pytestmark = pytest.mark.proof

fuzzed = settings(
    max_examples=sized(120, 6000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
TOKENS: Final = (
    *(
        "<",
        ">",
        "&",
        "&#0;",
        "&#xD800;",
        "]]>",
        "<![CDATA[",
        "<!--",
        "<!DOCTYPE x [",
        "<?xml ",
        "\x00",
        "\ud800",
    ),
    *(
        "<div>" * 300,
        "</div>",
        "<item>",
        "<entry>",
        "<channel>",
        "<img src='http://[x'>",
        "<figure>",
        "<table>",
    ),
    *(
        "<iframe src='//['>",
        "data-attrs='{'",
        '{"',
        "}",
        "[" * 3000,
        "\\ud800",
        "\\u0000",
        "null",
        "1e999",
        "-1",
    ),
    *(
        "---\n",
        "+++\n",
        "{{< figure src=",
        ">}}",
        "{% include x ",
        "%}",
        "{{ ",
        "}}",
        "[^1]",
        "[^1]: ",
        "![a](",
        "|",
    ),
    *(
        "> " * 300,
        "* " * 300,
        "`" * 50,
        "$",
        "&a *a",
        "!!int ",
        "date: 9999-99-99\n",
        "url: http://[\n",
        "../" * 5,
    ),
    *(
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "http://[::1",
        "//",
        "?",
        "#",
        ":",
        "\n\n",
        ",",
    ),
)
EXTREME_POSTS: Final = test_archives.POSTS + '9,"\n'


@st.composite
def broken(draw: st.DrawFn, *samples: str) -> bytes:
    """A sample with parts cut, repeated, or replaced by what is special in some format."""
    content = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        new = draw(
            st.one_of(st.sampled_from(TOKENS), st.text(max_size=8), st.just(content[start:end] * 2))
        )
        content = content[:start] + new + content[end:]
    encoded = content.encode("utf-8", "surrogatepass")
    return draw(st.sampled_from((encoded, encoded[: len(encoded) // 2], b"\xff" + encoded)))


def _read(source: Source) -> None:
    try:
        records = list(source.records())
    except Unreadable:
        return
    for record in records:
        for text in _texts(asdict(record)):
            assert "\x00" not in text
            text.encode()


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list() | tuple():
            for each in value:
                yield from _texts(each)


def _open_wordpress(file: Path) -> Source:
    return Export(file, ZoneInfo("Asia/Kathmandu"))


FILES: Final[list[tuple[Callable[[Path], Source], tuple[str, ...]]]] = [
    (Feed, (test_feeds.RSS, test_feeds.ATOM, json.dumps(test_feeds.JSON))),
    (
        _open_wordpress,
        (
            wxr.HEAD
            + wxr.author("ana", "Ana")
            + wxr.attachment(21, "a.jpg", caption="A. Photo: B")
            + wxr.item(
                7,
                body='[caption id="attachment_21"]<img src="a.jpg"> A[/caption]',
                comments=wxr.comment(1, "x"),
            )
            + "</channel></rss>",
        ),
    ),
]


@pytest.mark.parametrize(("open_file", "samples"), FILES, ids=["feeds", "wordpress"])
def test_any_file_is_read_or_refused(
    tmp_path: Path, open_file: Callable[[Path], Source], samples: tuple[str, ...]
) -> None:
    @fuzzed
    @given(broken(*samples))
    def check(content: bytes) -> None:
        file = tmp_path / "export"
        file.write_bytes(content)
        _read(open_file(file))

    check()


@fuzzed
@given(
    broken(test_markdown.YAML, test_markdown.TOML, test_markdown.JSON),
    broken(
        '{{< figure src=a.jpg caption="A. Photo: B" >}}\n\n![a](b.png)\n*c*\n\nx[^1]\n\n[^1]: y\n',
        "<p>a</p>",
    ),
    broken("title: a\nurl: https://a.example\npermalink: /:year/:title/\n"),
)
def test_any_folder_of_texts_is_read_or_refused(
    tmp_path: Path, fields: bytes, body: bytes, configuration: bytes
) -> None:
    (tmp_path / "_posts").mkdir(exist_ok=True)
    (tmp_path / "_config.yml").write_bytes(configuration)
    (tmp_path / "_posts" / "2020-05-04-a.md").write_bytes(fields + body)
    (tmp_path / "b.html").write_bytes(b"---\ntitle: x\n---\n" + body)
    _read(MarkdownFolder(tmp_path, ZoneInfo("Asia/Kathmandu")))


@fuzzed
@given(
    broken(EXTREME_POSTS),
    broken(test_archives.SUBSTACK_PAGE, test_archives.MEDIUM_PAGE),
    st.binary(max_size=30),
    st.integers(0, 10_000),
)
def test_any_archive_is_read_or_refused(
    tmp_path: Path, posts: bytes, page: bytes, damage: bytes, at: int
) -> None:
    file = tmp_path / "export.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("posts.csv", posts)
        archive.writestr("posts/11.two-cranes.html", page)
        archive.writestr("posts/2020-05-04_Two-0123456789ab.html", page)
    for content in (file.read_bytes(), _damaged(file.read_bytes(), damage, at)):
        file.write_bytes(content)
        _read(substack.Export(file))
        _read(medium.Export(file))


def _damaged(content: bytes, damage: bytes, at: int) -> bytes:
    # Mostly in the directory at the end, where sizes, names and flags are.
    start = max(0, len(content) - at % (len(content) + 1))
    return content[:start] + damage + content[start + len(damage) :]


def _markdown(text: str, *, is_markdown: bool = True, is_vault: bool = False) -> object:
    return markdown.convert(
        text,
        is_markdown=is_markdown,
        is_vault=is_vault,
        find=lambda _name: "",
        identify=lambda url: url,
        link=lambda href: href,
    )


def _fields(text: str, file_format: str) -> None:
    with contextlib.suppress(Unreadable):
        parse_fields(text, file_format)


READERS: Final[dict[str, Callable[[str], object]]] = {
    "HTML": lambda text: bodies.convert_html(text, lambda url: url),
    "plain text": bodies.title_of,
    "without markup": lambda text: bodies.without_markup(text, bodies.Converted("")),
    "comments": bodies.comment_text,
    "captions": split_html,
    "WordPress": wordpress.convert,
    "blocks": lambda text: wordpress.convert(f"<!-- wp:paragraph -->{text}"),
    "footnotes": wordpress.note_text,
    "Ghost": lambda text: ghost.convert({"html": text}, ghost.Place()),
    # The other readers of Markdown have the same parser and fewer patterns.
    "notes": lambda text: _markdown(text, is_vault=True),
    "pages": lambda text: _markdown(text, is_markdown=False),
    "shown articles": lambda text: render(clean(text), {}),
    "shown captions": clean_caption,
    "styles": lambda text: clean(f"<p><span style='{text}'>a</span></p>"),
    "French": lambda text: typeset_html(f"« {text}", "fr"),
    "persons": PERSON.match,
    "headings": lambda text: HEADING.match(f"# a{text}"),
    "titles": TITLE.search,
    "TOML": lambda text: _fields(text, "toml"),
    "YAML": lambda text: _fields(text, "yaml"),
}
REPEATED: Final = (
    *("<", "<a ", "<a href=http://a", "<a href=http://a>", "<div", "<br", "<!--", "<!DOCTYPE "),
    *(
        "<blockquote ",
        "<b> ",
        "<li ",
        "<pre>",
        "<img src=a>",
        "&",
        "«",
        "a",
        "a.",
        " ",
        "\n",
        "\t",
        "(",
        "' \"",
        "<a'",
    ),
    *(
        "[",
        "[a](",
        "![",
        "`",
        "``a",
        "```\n",
        "*a ",
        "_",
        "~~",
        "|",
        "> ",
        "- a\n",
        "a\n: b\n",
        "[^a]",
    ),
    *("[[a", "%%", "==a", "://", "a://", "http://[", "https://a.example/(", "{{<", "{{</* a", "{{"),
    *("{% a ", "{% raw %}", "{% comment %}", "{{< highlight a >}}", "[caption ", "[caption]<img>"),
    *('="[gallery "', "[embed ", "[code ", "[code]", "[ref]a", "[a_b", "[a] ", "<!-- wp:x {"),
    *(
        "<!-- kg-gated-block:begin ",
        "\u0301",
        "Photo: A ",
        "background:",
        "text-decoration-",
        "</a>",
        "<title>",
        "@",
        "<i></i>",
    ),
    *("<ol>", "<h2>a</h2>", "<figure data-image=1></figure>", "<a href=internal:article/1>a</a>"),
)
AFTER: Final = (
    *(("<!-- wp:h", " "), ("", "<!--wp:h ")),
    *(("<p>", "<img src=a>"), ("<figure>", "<img src=a>"), ("<a href=a>", "<img src=a>")),
    *(("<p>", "<noscript><img src=a></noscript>"), ("<p>", "<script></script>a")),
    *(("<p>", "<img class=emoji alt=x>"), ("{{< a", "a"), ("{{< ", " "), ("{% a", "a")),
    *(
        ("{% highlight", " "),
        ("{{ ''", " "),
        ("{{ '' | prepend:", " "),
        ("{{ a", "a"),
        ("[a_b", " "),
    ),
    *(
        ("{{< highlight a >}}", "`"),
        ("{{< a x=", '\\"'),
        ("<b>", " "),
        ("<p style='", "background:"),
    ),
)
LENGTH: Final = sized(6_000, 50_000)


def _seconds(read: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    read(text)
    return time.process_time() - start


def _grows(read: Callable[[str], object], start: str, repeated: str) -> bool:
    """Whether four times the text takes more than eight times as long, whenever it is measured."""
    short = start + repeated * (LENGTH // len(repeated))
    long = start + repeated * (4 * LENGTH // len(repeated))
    return all(_seconds(read, long) > max(0.1, 8 * _seconds(read, short)) for _ in range(3))


@pytest.mark.parametrize("name", READERS)
def test_the_time_for_a_text_grows_with_its_length(name: str) -> None:
    cases = [("", each) for each in REPEATED] + [*AFTER]
    assert [case for case in cases if _grows(READERS[name], *case)] == []
