"""A folder of Hugo, Jekyll or Eleventy becomes articles and pages."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.test import Client

from articles.editorial.models import Article
from articles.images.models import Image as ImageRow
from articles.pages.models import Page
from iria.transfer.markdown.parser import MarkdownFolder
from iria.transfer.models import ImportRun
from iria.transfer.records import Image, Kind, State, Text, Unreadable
from iria.transfer.writer.images import Media
from tests.newsroom import picture_file

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files: a path, with `__` for slashes in names given as arguments, and its text."""

    def write(files: dict[str, str | bytes]) -> Path:
        root = tmp_path / "site"
        for name, content in files.items():
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return write


def _source(root: Path) -> MarkdownFolder:
    return MarkdownFolder(root, ZoneInfo("UTC"))


def _texts(root: Path) -> dict[str, Text]:
    source = _source(root)
    return {each.source_id: each for each in source.records() if isinstance(each, Text)}


def _text(root: Path) -> Text:
    return next(iter(_texts(root).values()))


YAML = """---
title: "Two: Cranes"
date: 2020-05-04 10:00:00 +0200
draft: no
categories: [Asia, Ports]
tags: harbours, ships
author: Ana Prado
description: Short.
---
Text.
"""
TOML = """+++
title = "Two: Cranes"
date = 2020-05-04T10:00:00+02:00
draft = false
categories = ["Asia", "Ports"]
tags = ["harbours", "ships"]
authors = ["Ana Prado"]
description = "Short."
+++
Text.
"""
JSON = """{
  "title": "Two: Cranes", "date": "2020-05-04T10:00:00+02:00", "draft": false,
  "categories": ["Asia", "Ports"], "tags": ["harbours", "ships"],
  "author": {"name": "Ana Prado"}, "description": "Short."
}
Text.
"""


@pytest.mark.parametrize("content", [YAML, TOML, JSON])
def test_front_matter_is_read_in_three_formats(write: Write, content: str) -> None:
    text = _text(write({"posts/two-cranes.md": content}))
    assert (text.title, text.slug, text.state) == ("Two: Cranes", "two-cranes", State.PUBLISHED)
    assert f"{text.published_at:%Y-%m-%dT%H:%M%z}" == "2020-05-04T08:00+0000"
    assert [each.name for each in text.categories] == ["Asia", "Ports"]
    assert [each.name for each in text.tags] == ["harbours", "ships"]
    assert (text.authors, text.search_description) == (["Ana Prado"], "Short.")
    assert text.body.strip() == "<p>Text.</p>"


def test_jekyll_names_say_date_state_and_old_url(write: Write) -> None:
    texts = _texts(
        write(
            {
                "_config.yml": "title: Old\nurl: https://old.example\ntimezone: Europe/Berlin\n",
                "_posts/2020-05-04-two-cranes.md": "---\ntitle: A\ncategories: asia ports\nredirect_from: /a/\n---\nx",
                "_drafts/idea.md": "---\ntitle: B\n---\nx",
                "about.md": "---\ntitle: About\n---\nx",
                "_layouts/post.html": "{{ content }}",
                "index.html": "---\nlayout: home\n---\n{% for post in site.posts %}{% endfor %}",
            }
        )
    )
    post = texts["_posts/2020-05-04-two-cranes.md"]
    assert f"{post.published_at:%Y-%m-%dT%H:%M}" == "2020-05-03T22:00"
    assert (post.path, post.old_paths) == ("/asia/ports/2020/05/04/two-cranes.html/", ["/a/"])
    assert texts["_drafts/idea.md"].state == State.DRAFT
    about = texts["about.md"]
    assert (about.kind, about.path, about.old_paths) == (Kind.PAGES, "/about/", ["/about.html/"])
    assert texts["index.html"].skipped
    assert len(texts) == 4


def test_hugo_sections_say_kind_and_old_url(write: Write) -> None:
    texts = _texts(
        write(
            {
                "hugo.toml": 'baseURL = "https://old.example/"\n[permalinks]\nnews = "/:year/:slug/"\n',
                "content/posts/one.md": '---\ndate: 2020-05-04\naliases: ["/first/", old]\n---\nx',
                "content/news/two/index.md": "---\ndate: 2020-05-04\n---\nx",
                "content/news/_index.md": "---\ntitle: News\n---\n",
                "content/about.de.md": "---\ntitle: Über\n---\nx",
                "layouts/index.html": "x",
                "README.md": "x",
            }
        )
    )
    one = texts["content/posts/one.md"]
    assert (one.path, one.old_paths) == ("/posts/one/", ["/first/", "/posts/old/"])
    assert texts["content/news/two/index.md"].path == "/2020/two/"
    assert texts["content/news/_index.md"].skipped
    about = texts["content/about.de.md"]
    assert (about.kind, about.language, about.path) == (Kind.PAGES, "de", "/de/about/")
    assert len(texts) == 4


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("| a |\n|---|\n| 1 |", "<td>1</td>"),
        (
            "A[^1].\n\n[^1]: See [it](https://a.example/).",
            'A<span data-footnote="See it (https://a.example/)."></span>.',
        ),
        (
            '{{< youtube id="w7Ft2ymGmfc" >}}',
            '<figure data-embed="https://www.youtube.com/watch?v=w7Ft2ymGmfc">',
        ),
        ("{{< vimeo 146022717 >}}", '<figure data-embed="https://vimeo.com/146022717">'),
        ('{% include youtube.html id="w7Ft2ymGmfc" %}', "watch?v=w7Ft2ymGmfc"),
        ("{% highlight ruby %}\nputs 1\n{% endhighlight %}", "puts 1"),
        ("{% raw %}{{ kept }}{% endraw %}", "<p>{{ kept }}</p>"),
        ("{{</* shown */>}}", "{{&lt; shown &gt;}}"),
        ("![A quay](q.jpg)\n*The quay. Photo: Mira Field*", "<figcaption>The quay.</figcaption>"),
        ('![A quay](q.jpg "The quay")', "<figcaption>The quay</figcaption>"),
        (
            '{{< figure src="q.jpg" caption="The quay" attr="Mira Field" >}}',
            "<figcaption>The quay</figcaption>",
        ),
        ("<img src='http://[x/a.png'> <a href='http://[x'>b</a>", '<a href="http://[x">b</a>'),
        ("## Part {#part}\n", "<h2>Part</h2>"),
        ("[a](%01%00b.html)", "<a href="),
        ("# Own title\n\nx", "<p>x</p>"),
    ],
)
def test_markdown_and_shortcodes_become_html(write: Write, body: str, html: str) -> None:
    text = _text(write({"posts/a.md": f"---\ndate: 2020-05-04\n---\n{body}\n"}))
    assert html in text.body
    assert not text.remarks


@pytest.mark.parametrize(
    ("body", "remark"),
    [
        ('{{< chart "sales" >}}', "unknown shortcode"),
        ("{% gist 12 %}", "unknown Liquid tag"),
        ("{{ page.views }}", "unknown Liquid tag"),
    ],
)
def test_what_is_unknown_stays_visible_with_a_remark(write: Write, body: str, remark: str) -> None:
    text = _text(write({"posts/a.md": f"---\ndate: 2020-05-04\n---\n{body}\n"}))
    assert [each.code for each in text.remarks] == [remark]
    assert body[3:8] in text.body


def test_a_whole_page_is_read_with_what_its_head_says(write: Write) -> None:
    page = (
        '<!DOCTYPE html><html lang="de"><head><title>Old &amp; new | The Quay</title>'
        '<meta name="description" content="Short."><meta name="author" content="Ana Prado">'
        '<meta property="article:published_time" content="2020-05-04T10:00:00Z"></head>'
        "<body><nav>Home</nav><main><h1>Old &amp; new</h1><p>Text.</p></main></body></html>"
    )
    text = _text(write({"2020/page.html": page}))
    assert (text.title, text.search_description, text.authors) == (
        "Old & new",
        "Short.",
        ["Ana Prado"],
    )
    assert f"{text.published_at:%Y-%m-%d}" == "2020-05-04"
    assert (text.language, text.old_paths) == ("de", ["/2020/page.html/"])
    assert text.body == "<div><p>Text.</p></div>"


def test_links_between_files_lead_to_old_urls(write: Write) -> None:
    texts = _texts(
        write(
            {
                "hugo.toml": "",
                "content/posts/one.md": '---\ndate: 2020-05-04\n---\n[a](two.md#x) [b]({{< ref "posts/two" >}})',
                "content/posts/two.md": "---\ndate: 2020-05-04\nurl: /second/\n---\nx",
            }
        )
    )
    assert (
        texts["content/posts/one.md"].body.strip()
        == '<p><a href="/second/#x">a</a> <a href="/second/">b</a></p>'
    )


def test_nothing_outside_the_folder_is_read(write: Write, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    root = write({"a.md": "![x](../secret.jpg) ![y](link.jpg) ![z](/../../secret.jpg)"})
    (root / "link.md").symlink_to(tmp_path / "secret.md")
    (root / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (root / "linked").symlink_to(tmp_path)
    records = list(_source(root).records())
    texts = {each.source_id: each for each in records if isinstance(each, Text)}
    assert texts["link.md"].skipped
    assert set(texts) == {"a.md", "link.md", "linked"}
    images = [each for each in records if isinstance(each, Image)]
    assert len(images) == 3
    assert not any(Media(root).find(each.path) for each in images)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("---\ntitle: a\nb: [\n---\n", 4),
        ("---\ntitle: a: b\n---\n", 2),
        ("+++\ntitle = 'a'\nb = \n+++\n", 3),
        ('{"title": "a",\n"b": }\n', 2),
        (
            "---\na: &a [x, x]\n"
            + "".join(
                f"b{n}: &b{n} [*{'a' if not n else f'b{n - 1}'}, *{'a' if not n else f'b{n - 1}'}]\n"
                for n in range(40)
            )
            + "---\n",
            2,
        ),
        ("---\n- a\n---\n", 2),
    ],
    ids=["list", "colon", "toml", "json", "aliases", "no fields"],
)
def test_broken_front_matter_is_refused_with_its_line(
    write: Write, content: str, line: int
) -> None:
    root = write({"good.md": "x", "posts/bad.md": content})
    with pytest.raises(Unreadable, match=r"posts/bad\.md") as refused:
        list(_source(root).records())
    assert refused.value.line == line


def test_a_key_of_too_many_parts_is_refused_with_its_line(write: Write) -> None:
    root = write({"bad.md": f'+++\ntitle = "A"\nmap = {{ {"a." * 5000}b = 1 }}\n+++\nx'})
    with pytest.raises(Unreadable, match=r"bad\.md.*1,000") as refused:
        list(_source(root).records())
    assert refused.value.line == 3


def test_a_long_list_of_numbers_is_no_key_of_many_parts(write: Write) -> None:
    root = write({"a.md": f'+++\ntitle = "A"\nlist = [{"0.5, " * 2000}]\n+++\nx'})
    assert [each.title for each in list(_source(root).records()) if isinstance(each, Text)] == ["A"]


@pytest.mark.django_db
def test_a_bundle_becomes_an_article_with_its_images_once(
    write: Write, tmp_path: Path, client: Client
) -> None:
    root = write(
        {
            "config.toml": 'baseURL = "https://old.example/"\ntitle = "Old"\n',
            "content/posts/quay/index.md": (
                "---\ntitle: Quay\ndate: 2020-05-04\ntags: [Ports]\nauthors: [Ana Prado]\n"
                'image:\n  src: lead.jpg\n  alt: A crane\n  caption: "A crane. Photo: Mira Field"\n---\n'
                "![A ferry](ferry.jpg)\n\n![A bridge](/img/bridge-300x200.jpg)\n\n![Gone](gone.jpg)\n"
            ),
            "content/posts/quay/lead.jpg": picture_file(colour="red").read(),
            "content/posts/quay/ferry.jpg": picture_file(colour="teal").read(),
            "static/img/bridge-300x200.jpg": picture_file(colour="navy").read(),
            "content/about.md": "---\ntitle: About\n---\nWe. [Quay](posts/quay/index.md)",
        }
    )

    def run(**options: Any) -> dict[str, Any]:
        with pytest.raises(SystemExit) as stopped:
            call_command(
                "import_markdown", root, report=tmp_path / "report.json", verbosity=0, **options
            )
        assert stopped.value.code == 1
        report: dict[str, Any] = json.loads((tmp_path / "report.json").read_text())
        return report

    tried = run(dry_run=True)
    assert not Article.objects.exists()
    report = run()
    assert tried["counts"] == report["counts"]
    article = Article.objects.get()
    lead = article.lead_image
    assert lead is not None
    assert (lead.alt_text, lead.caption, lead.credit) == ("A crane", "A crane.", "Mira Field")
    assert article.body.count("data-image=") == 2
    assert ImageRow.objects.count() == 3
    assert client.get("/posts/quay/")["Location"] == article.get_absolute_url()
    assert not any(
        " " in each["source_id"] for each in report["items"] if each["kind"] == "redirects"
    )
    assert f"internal:article/{article.pk}" in Page.objects.get(path="about").body
    again = run()["counts"]
    assert all(counts["created"] == counts["updated"] == 0 for counts in again.values())
    assert (again["images"]["unchanged"], again["images"]["failed"]) == (3, 1)


def test_the_date_of_an_expired_text_is_as_it_was_written(write: Write) -> None:
    root = write({"one.md": "---\ntitle: One\nexpiryDate: 2020-06-01\n---\nText."})
    source = MarkdownFolder(root, ZoneInfo("Asia/Tokyo"))
    [text] = [each for each in source.records() if isinstance(each, Text)]
    assert [each.text[:10] for each in text.remarks if each.code == "expired"] == ["2020-06-01"]


@pytest.mark.django_db
def test_the_current_folder_is_known_by_its_name(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write({"one.md": "# One\n\nText."}))
    call_command("import_markdown", ".", verbosity=0)
    assert ImportRun.objects.get().name == "site"


@pytest.mark.django_db
def test_a_folder_whose_name_is_not_utf_8_is_imported(write: Write, tmp_path: Path) -> None:
    folder = write({"one.md": "# One\n\nText."}).rename(tmp_path / "caf\udce9")
    call_command("import_markdown", folder, verbosity=0)
    assert Article.objects.get().headline == "One"
