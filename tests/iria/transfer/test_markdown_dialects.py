"""What Hugo, Jekyll, Eleventy and Obsidian have beyond Markdown with fields."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from articles.body.sanitiser import clean
from iria.transfer.markdown.parser import MarkdownFolder
from iria.transfer.records import Kind, Record, Redirect, State, Text

HUGO = 'baseURL = "https://old.example/sub/"\n[permalinks]\nnotes = "/n/:slug/"\n'
JEKYLL = """baseurl: /blog
permalink: pretty
collections: {recipes: {output: true, permalink: "/r/:name/"}}
defaults:
  - {scope: {path: "", type: posts}, values: {author: Ana Prado}}
  - {scope: {path: recipes}, values: {tags: [food]}}
"""
DATED = "---\ntitle: T\ndate: 2020-05-04\n---\n"


def _read(root: Path, files: Mapping[str, str | bytes]) -> list[Record]:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    source = MarkdownFolder(root, ZoneInfo("UTC"))
    return list(source.records())


def _texts(root: Path, files: Mapping[str, str | bytes]) -> dict[str, Text]:
    return {each.source_id: each for each in _read(root, files) if isinstance(each, Text)}


def _codes(text: Text) -> list[str]:
    return [each.code for each in text.remarks]


def _html(text: Text) -> str:
    """As it is stored, with images of the library."""
    return clean(text.body.replace("data-source-image=", 'data-image="1" data-source-image='))


def test_old_urls_have_the_path_of_the_old_site_in_front(tmp_path: Path) -> None:
    files = {
        "hugo.toml": HUGO,
        "content/notes/2020-05-04-A b.md": DATED,
        "content/posts/A b.md": DATED,
    }
    texts = _texts(tmp_path, files)
    assert texts["content/posts/A b.md"].path == "/posts/a-b/"
    assert texts["content/posts/A b.md"].old_paths == ["/sub/posts/a-b/"]
    assert "/sub/n/A b/" in texts["content/notes/2020-05-04-A b.md"].old_paths


def test_hugo_keeps_the_date_of_a_file_in_its_url_unless_told_otherwise(tmp_path: Path) -> None:
    files = {"hugo.toml": "title = 'x'", "content/posts/2020-05-04-a.md": "---\ntitle: T\n---\n"}
    text = _texts(tmp_path, files)["content/posts/2020-05-04-a.md"]
    assert (text.path, text.slug) == ("/posts/2020-05-04-a/", "a")
    files["hugo.toml"] = '[frontmatter]\ndate = [":filename", ":default"]'
    assert _texts(tmp_path, files)["content/posts/2020-05-04-a.md"].path == "/posts/a/"


def test_lists_of_hugo_lead_to_categories_and_tags(tmp_path: Path) -> None:
    fields = (
        "---\ntitle: T\ndate: 2020-05-04\ntags: [Big Ports]\ncategories: Asia\nseries: [S]\n---\n"
    )
    settings = HUGO + "[taxonomies]\ntag = 'tags'\nseries = 'series'\n"
    records = _read(tmp_path, {"hugo.toml": settings, "content/posts/a.md": fields})
    assert [(e.old_path, e.new_path) for e in records if isinstance(e, Redirect)] == [
        ("/sub/categories/asia/", "/category/asia/"),
        ("/sub/tags/big-ports/", "/tag/big-ports/"),
    ]
    assert [_codes(each) for each in records if isinstance(each, Text)] == [
        ["taxonomy not imported"]
    ]


@pytest.mark.parametrize(
    ("fields", "state", "code"),
    [
        ("expiryDate: 2020-06-01", State.DRAFT, ["expired"]),
        ("expiryDate: 2999-06-01", State.PUBLISHED, []),
        ("build: {render: never}", State.DRAFT, ["not on the old site"]),
        ("headless: true", State.DRAFT, ["not on the old site"]),
        ("permalink: false", State.DRAFT, ["not on the old site"]),
    ],
)
def test_texts_hidden_on_the_old_site_become_drafts(
    tmp_path: Path, fields: str, state: State, code: list[str]
) -> None:
    written = f"---\ntitle: T\ndate: 2020-05-04\n{fields}\n---\nText\n"
    text = _texts(tmp_path, {"hugo.toml": HUGO, "content/posts/a.md": written})[
        "content/posts/a.md"
    ]
    assert (text.state, _codes(text)) == (state, code)


def test_a_bundle_says_credit_and_alt_text_of_its_lead_image(tmp_path: Path) -> None:
    resources = "resources:\n  - src: 'feature*'\n    title: The quay\n    params: {credit: Jo Lane, alt: A quay}\n"
    written = f"---\ntitle: T\ndate: 2020-05-04\n{resources}---\nText\n"
    files: dict[str, str | bytes] = {
        "hugo.toml": HUGO,
        "content/posts/a/index.md": written,
        "content/posts/a/feature.jpg": b"x",
    }
    text = _texts(tmp_path, files)["content/posts/a/index.md"]
    assert (text.lead_caption, text.lead_alt) == ("The quay", "A quay")
    assert text.credits == {text.lead_image: "Jo Lane"}


def test_paired_shortcodes_become_callouts_and_captions_have_markup(tmp_path: Path) -> None:
    body = (
        '{{< notice warning >}}\nOne **two**\n{{< /notice >}}\n\n{{% details title="More" %}}\nthree\n'
        '{{% /details %}}\n\n{{< figure src="/a.jpg" caption="By *x*" >}}\n'
    )
    text = _texts(tmp_path, {"hugo.toml": HUGO, "content/posts/a.md": DATED + body})[
        "content/posts/a.md"
    ]
    assert not text.remarks
    assert _html(text) == (
        '<aside data-callout=""><p>One <strong>two</strong></p></aside>\n<p><strong>More</strong></p>\n'
        '<p>three</p>\n<figure data-image="1"><figcaption>By <em>x</em></figcaption></figure>'
    )


def test_jekyll_settings_give_fields_and_old_urls(tmp_path: Path) -> None:
    files = {
        "_config.yml": JEKYLL,
        "_posts/2020-05-04-a.md": "---\ntitle: A\n---\n[b]({% post_url 2020-05-05-b %})\n",
        "sea/_posts/2020-05-05-b.markdown": "---\ntitle: B\nauthor: Tom Reis\n---\n",
        "_recipes/soup.md": "---\ntitle: Soup\n---\n",
    }
    texts = _texts(tmp_path, files)
    first, second = texts["_posts/2020-05-04-a.md"], texts["sea/_posts/2020-05-05-b.markdown"]
    assert (first.authors, second.authors) == (["Ana Prado"], ["Tom Reis"])
    assert f'href="{second.path}"' in first.body
    assert first.old_paths == ["/blog/2020/05/04/a/"]
    recipe = texts["_recipes/soup.md"]
    assert (recipe.kind, recipe.path, recipe.authors) == (Kind.PAGES, "/r/soup/", [])


def test_options_of_kramdown_are_not_text(tmp_path: Path) -> None:
    body = "{::nomarkdown}\n<p>x</p>\n{:/nomarkdown}\n\n*[HTML]: Hyper Text\n"
    files = {"_config.yml": "title: x", "_posts/2020-05-04-a.md": f"---\ntitle: A\n---\n{body}"}
    assert _html(_texts(tmp_path, files)["_posts/2020-05-04-a.md"]) == "<p>x</p>"


def test_eleventy_folders_give_fields_and_permalinks(tmp_path: Path) -> None:
    data = (
        '{"author": "Ana Prado", "tags": ["posts", "sea"], "permalink": "/p/{{ page.fileSlug }}/"}'
    )
    body = '{% image "./a.jpg", "A quay" %}\n'
    files = {
        "eleventy.config.js": "",
        "src/posts/posts.json": data,
        "src/posts/2020-05-04-a.md": DATED + body,
    }
    text = _texts(tmp_path, files)["src/posts/2020-05-04-a.md"]
    assert (text.authors, [each.name for each in text.tags], text.path) == (
        ["Ana Prado"],
        ["sea"],
        "/p/a/",
    )
    assert 'data-alt="A quay"' in text.body


def test_broken_fields_of_a_folder_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"posts\.json"):
        _read(tmp_path, {".eleventy.js": "", "posts/posts.json": "{", "posts/a.md": DATED})


NOTE = """[[Other Note]] [[sub/Other Note#Part|there]] [[Missing|this]] [[#Part]] `[[code]]`

![[quay.png|300]]

![[Other Note]]

==marked== %%not for readers%% last ^block-1

> [!warning]- Careful
> One
> two

- [ ] open
- [x] done
"""


def test_links_embeds_and_callouts_of_obsidian_are_understood(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        ".obsidian/app.json": "{}",
        "Note.md": f"---\naliases: [N1]\n---\n{NOTE}",
        "sub/Other Note.md": "x",
        "files/quay.png": b"x",
    }
    text = _texts(tmp_path, files)["Note.md"]
    assert not text.old_paths
    assert _html(text) == (
        '<p><a href="/sub/Other%20Note/">Other Note</a> <a href="/sub/Other%20Note/">there</a> this Part '
        "<code>[[code]]</code></p>\n"
        '<figure data-image="1"><figcaption></figcaption></figure>\n'
        '<p><a href="/sub/Other%20Note/">Other Note</a></p>\n<p>marked last</p>\n'
        '<aside data-callout=""><p><strong>Careful</strong></p><p>One<br>two</p></aside>\n'
        "<ul><li>☐ open</li><li>☑ done</li></ul>"
    )
    assert sorted(_codes(text)) == ["broken link", "embedded note", "no date"]


def test_obsidian_syntax_in_a_text_without_obsidian_is_kept(tmp_path: Path) -> None:
    text = _texts(tmp_path, {"a.md": "100 %% x == y == z %%\n\n[[Missing]]\n"})["a.md"]
    assert _html(text) == "<p>100 %% x == y == z %%</p>\n<p>[[Missing]]</p>"


def test_files_that_cannot_be_read_are_skipped_and_unknown_parts_reported(tmp_path: Path) -> None:
    files = {
        "a.rst": "x",
        "b.org": "x",
        "c.md": "",
        "d.mdx": DATED + "import A from 'a'\n\n<A />\n\nText\n",
    }
    texts = _texts(tmp_path, files)
    assert [name for name, each in texts.items() if each.skipped] == ["a.rst", "b.org", "c.md"]
    assert (_html(texts["d.mdx"]), _codes(texts["d.mdx"])) == ("<p>Text</p>", ["unknown shortcode"])


def test_names_and_declared_encodings_of_plain_files_are_kept(tmp_path: Path) -> None:
    page = '<html><head><meta charset="windows-1251"><title>x</title></head><body><p>Привет</p></body></html>'
    texts = _texts(
        tmp_path,
        {"2020-05-04 NASA report.md": "[c](c.html)", "c.html": page.encode("cp1251")},
    )
    dated = texts["2020-05-04 NASA report.md"]
    assert (dated.title, f"{dated.published_at:%Y-%m-%d}") == ("NASA report", "2020-05-04")
    assert 'href="/c/"' in dated.body
    assert "Привет" in texts["c.html"].body
