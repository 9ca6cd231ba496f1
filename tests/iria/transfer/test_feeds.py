"""RSS, Atom and JSON Feed are read without loss, and hostile files are refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from lxml import etree

from articles.editorial.models import Article
from iria.core.http import safe_client
from iria.core.http.safe_client import RequestFailed
from iria.transfer.feeds import Feed
from iria.transfer.records import Author, Image, Kind, Site, State, Text, Unreadable
from tests.shared import PROJECT, shared_data

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>The Old Quay</title><link>https://old.example</link><language>en-GB</language>
<item><title>Two &amp;amp; Cranes</title><link>https://old.example/2020/05/04/two-cranes/</link>
<guid isPermaLink="false">https://old.example/?p=7</guid><pubDate>Mon, 04 May 2020 10:00:00 +0200</pubDate>
<dc:creator>Ana Prado</dc:creator><category>Asia</category><category>Ports</category>
<description>A look at both.</description>
<content:encoded><![CDATA[<p>Text.</p><figure><img src="/up/quay.jpg"><figcaption>The quay. Photo: Mira Field</figcaption></figure>
<p>The post <a href="x">Two</a> appeared first on <a href="y">The Old Quay</a>.</p>]]></content:encoded>
<enclosure url="https://old.example/a.mp3" type="audio/mpeg" length="1"/>
<media:content url="https://old.example/up/lead.jpg" medium="image"><media:credit>Ben Otieno</media:credit>
<media:description>A crane</media:description></media:content></item></channel></rss>
"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://old.example/blog/">
<title>The Old Quay</title><link href="https://old.example/"/><author><name>Ana Prado</name></author>
<entry><id>tag:old.example,2020:7</id><title type="html">Two &lt;i&gt;Cranes&lt;/i&gt;</title>
<link href="two.html"/><published>2020-05-04T10:00:00+02:00</published><updated>2020-06-01T00:00:00Z</updated>
<category term="asia" label="Asia"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text &amp; <b>more</b></p><img src="q.jpg"/></div></content>
</entry></feed>
"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "The Old Quay",
    "home_page_url": "https://old.example/",
    "items": [
        {
            "id": 7,
            "url": "/two/",
            "title": "A < B",
            "content_text": "One.\n\nTwo & three.",
            "image": "/lead.jpg",
            "date_published": "2020-05-04T10:00:00+02:00",
            "authors": [{"name": "Ana Prado"}],
            "tags": ["Ports"],
        }
    ],
}


def _labels() -> list[dict[str, str]]:
    folders = [each / "shared" / "data" / "feeds" / "feedvalidator" for each in PROJECT.parents]
    file = next((each / "labels.json" for each in folders if each.is_dir()), None)
    labels: list[dict[str, str]] = json.loads(file.read_text()) if file else []
    return labels


def _file(folder: Path, content: str | bytes) -> Path:
    file = folder / "feed.xml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def _records(folder: Path, content: str | bytes) -> list[Any]:
    return list(Feed(_file(folder, content)).records())


def _text(records: list[Any]) -> Text:
    return next(each for each in records if isinstance(each, Text))


def test_rss_keeps_text_people_terms_and_images(tmp_path: Path) -> None:
    records = _records(tmp_path, RSS)
    assert records[0] == Site("feed", "The Old Quay", "https://old.example", "en")
    text = _text(records)
    assert (text.source_id, text.kind, text.state) == (
        "https://old.example/?p=7",
        Kind.POSTS,
        State.PUBLISHED,
    )
    assert (text.title, text.slug, text.path) == (
        "Two & Cranes",
        "two-cranes",
        "/2020/05/04/two-cranes/",
    )
    assert f"{text.published_at:%Y-%m-%dT%H:%M}" == "2020-05-04T08:00"
    assert (text.authors, text.standfirst) == (["Ana Prado"], "A look at both.")
    assert [each.name for each in text.categories] == ["Asia", "Ports"]
    assert "appeared first" not in text.body
    assert '<a href="https://old.example/a.mp3">a.mp3</a>' in text.body
    images = {each.source_id: each for each in records if isinstance(each, Image)}
    assert set(images) == {"https://old.example/up/quay.jpg", "https://old.example/up/lead.jpg"}
    assert text.lead_image == "https://old.example/up/lead.jpg"
    assert images[text.lead_image].caption == "A crane"
    assert text.credits == {
        "https://old.example/up/quay.jpg": "Mira Field",
        "https://old.example/up/lead.jpg": "Ben Otieno",
    }


def test_atom_resolves_urls_and_reads_xhtml(tmp_path: Path) -> None:
    records = _records(tmp_path, ATOM)
    text = _text(records)
    assert (text.title, text.path, text.authors) == ("Two Cranes", "/blog/two.html/", ["Ana Prado"])
    assert f"{text.published_at:%H:%M} {text.modified_at:%m}" == "08:00 06"
    assert "<p>Text &amp; <b>more</b></p>" in text.body
    assert [each.name for each in text.categories] == ["Asia"]
    assert [each.url for each in records if isinstance(each, Image)] == [
        "https://old.example/blog/q.jpg"
    ]
    assert records[0].language == "de"


@pytest.mark.parametrize(
    "content", ["<html><frameset></frameset></html>", "<!DOCTYPE html><p>x</p>"]
)
def test_a_whole_page_as_content_is_read(tmp_path: Path, content: str) -> None:
    feed = json.dumps(JSON | {"items": [{"id": "1", "content_html": content}]})
    text = _text(_records(tmp_path, feed))
    assert "nested too deep" not in {each.code for each in text.remarks}


def test_json_feed_keeps_plain_text(tmp_path: Path) -> None:
    records = _records(tmp_path, json.dumps(JSON))
    text = _text(records)
    assert (text.source_id, text.title, text.path) == ("7", "A < B", "/two/")
    assert text.body == "<p>One.</p><p>Two &amp; three.</p>"
    assert text.lead_image == "https://old.example/lead.jpg"
    assert [each.name for each in records if isinstance(each, Author)] == ["Ana Prado"]


BOMB = "<!DOCTYPE rss [" + "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x"}">' for n in range(10)
)


@pytest.mark.parametrize(
    "content",
    [
        BOMB + "]><rss><channel><title>&e9;</title></channel></rss>",
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>',
        '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1/x">%x;]><rss><channel/></rss>',
        "<a>" * 5000,
        "<rss><channel><item></channel></rss>",
        "<html><body>No feed</body></html>",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        '{"version": "1", "items": []}',
        '{"version": ',
        "[" * 100_000,
        "",
        b"\xff\xfe\x00",
        '<?xml version="1.0" encoding="utf-7"?><rss/>',
    ],
    ids=range(13),
)
def test_hostile_broken_and_other_files_are_refused(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(Unreadable):
        list(Feed(_file(tmp_path, content)).records())


def test_old_rss_may_name_its_document_type(tmp_path: Path) -> None:
    declared = (
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/x.dtd">'
    )
    assert _text(_records(tmp_path, RSS.replace("<rss ", f"{declared}<rss ", 1))).title


@pytest.mark.parametrize("is_valid", [True, False])
def test_feeds_of_a_validator_are_read_without_loss(is_valid: bool) -> None:
    """All valid feeds, and those of the others that are XML."""
    shared_data("feeds", "feedvalidator")
    wrong = []
    for label in _labels():
        if (label["expect"] == "!Error") != is_valid:
            continue
        file = shared_data("feeds", "feedvalidator") / label["file"]
        try:
            found = sum(isinstance(each, Text) for each in Feed(file).records())
        except Unreadable as error:
            if is_valid or _is_xml(file):
                wrong.append((label["file"], str(error)))
            continue
        tree = etree.parse(file, etree.XMLParser(recover=True, resolve_entities=False))
        named = tree.xpath("//*[local-name()='item' or local-name()='entry']")
        count = sum(1 for each in named if len(list(each.iterancestors())) <= 2)
        if count != found:
            wrong.append((label["file"], f"{found} of {count}"))
    assert not wrong


def _is_xml(file: Path) -> bool:
    try:
        tree = etree.parse(file, etree.XMLParser(resolve_entities=False))
    except (etree.XMLSyntaxError, OSError):
        return False
    has_invented_namespace = "made_up" in (etree.QName(tree.getroot()).namespace or "")
    return (
        not has_invented_namespace
        and not tree.docinfo.internalDTD
        and etree.QName(tree.getroot()).localname.lower()
        in {
            "rss",
            "rdf",
            "feed",
        }
    )


@pytest.mark.django_db
def test_a_feed_is_fetched_once_and_importing_it_again_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requested: list[str] = []

    def get_file(url: str, **_options: Any) -> bytes:
        requested.append(url)
        return RSS.encode()

    monkeypatch.setattr(safe_client, "get_file", get_file)
    report = tmp_path / "report.json"

    def run() -> dict[str, dict[str, int]]:
        call_command("import_feed", "https://old.example/feed/", report=report, verbosity=0)
        counts: dict[str, dict[str, int]] = json.loads(report.read_text())["counts"]
        return counts

    run()
    article = Article.objects.get()
    assert article.get_absolute_url() == "/2020/05/two-cranes/"
    assert "data-image" not in article.body
    assert '<a href="https://old.example/up/quay.jpg">' in article.body
    assert all(each["created"] == each["updated"] == 0 for each in run().values())
    assert requested == ["https://old.example/feed/"] * 2


def test_a_feed_that_cannot_be_fetched_exits_with_2(monkeypatch: pytest.MonkeyPatch) -> None:
    def get_file(url: str, **_options: Any) -> bytes:
        raise RequestFailed(url)

    monkeypatch.setattr(safe_client, "get_file", get_file)
    with pytest.raises(SystemExit) as stopped:
        call_command("import_feed", "http://127.0.0.1/feed/", verbosity=0)
    assert stopped.value.code == 2


@pytest.mark.django_db
def test_further_pages_are_fetched_on_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = {
        "https://old.example/feed/": (1, 2, '<atom:link rel="next" href="/feed/?page=2"/>'),
        "https://old.example/feed/?page=2": (
            2,
            3,
            '<atom:link rel="prev-archive" href="/feed/?p=3"/>',
        ),
        "https://old.example/feed/?p=3": (4, 4, '<atom:link rel="next" href="/feed/"/>'),
    }

    def get_file(url: str, **_options: Any) -> bytes:
        first, last, link = pages[url]
        items = "".join(
            f"<item><guid isPermaLink='false'>{each}</guid><title>T {each}</title>"
            "<pubDate>Mon, 04 May 2020 10:00:00 GMT</pubDate></item>"
            for each in range(first, last + 1)
        )
        atom = "http://www.w3.org/2005/Atom"
        head = f"<link>https://old.example/</link>{link}"
        return f"<rss xmlns:atom='{atom}'><channel>{head}{items}</channel></rss>".encode()

    monkeypatch.setattr(safe_client, "get_file", get_file)
    report = tmp_path / "report.json"
    for fetch, found in ((False, 2), (True, 4)):
        call_command(
            "import_feed", "https://old.example/feed/", fetch=fetch, report=report, verbosity=0
        )
        assert json.loads(report.read_text())["counts"]["posts"]["found"] == found
    assert json.loads(report.read_text())["counts"]["posts"]["created"] == 2
    assert "--fetch" in capsys.readouterr().err


def test_several_files_are_one_feed(tmp_path: Path) -> None:
    second = tmp_path / "second.xml"
    second.write_text(RSS.replace("<item>", "<item><guid>other</guid>"))
    feed = Feed(_file(tmp_path, RSS), pages=((second, ""), (second, "")))
    assert sum(isinstance(each, Text) for each in feed.records()) == 2


BLOGGER = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:app="http://purl.org/atom/app#"
 xmlns:thr="http://purl.org/syndication/thread/1.0">{}</feed>"""
KIND = '<category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#{}"/>'


def test_settings_comments_and_drafts_of_blogger_are_no_articles(tmp_path: Path) -> None:
    entries = "".join(
        f"<entry><id>{kind}</id><title>T</title>{KIND.format(kind)}{more}</entry>"
        for kind, more in (
            ("post", "<app:control><app:draft>yes</app:draft></app:control>"),
            *(("page", ""), ("settings", ""), ("comment", '<thr:in-reply-to ref="post"/>')),
        )
    )
    records = _records(tmp_path, BLOGGER.format(entries))
    texts = {each.source_id: each for each in records if isinstance(each, Text)}
    assert [bool(each.skipped) for each in texts.values()] == [False, False, True, True]
    assert texts["post"].state == State.DRAFT
    assert texts["page"].kind == Kind.PAGES
    assert not texts["post"].categories


def test_urls_are_relative_to_the_content_and_links_of_a_link_blog_stay(tmp_path: Path) -> None:
    entry = (
        '<entry xml:base="https://old.example/"><id>1</id><content type="html" xml:base="https://cdn.example/a/">'
        '&lt;a href="b"&gt;x&lt;/a&gt;</content><link href="1"/></entry>'
    )
    text = _text(_records(tmp_path, BLOGGER.format(entry)))
    assert (text.path, 'href="https://cdn.example/a/b"' in text.body) == ("/1/", True)
    item = {"id": "1", "content_text": "Look", "external_url": "https://else.example/"}
    linked = json.dumps({"version": "https://jsonfeed.org/version/1", "items": [item]})
    assert 'href="https://else.example/"' in _text(_records(tmp_path, linked)).body


def test_entries_without_title_or_url_and_empty_ones(tmp_path: Path) -> None:
    items = "<item><description>One two</description></item><item/>"
    head = "<link>https://old.example/a/</link>"
    texts = [
        each
        for each in _records(tmp_path, f"<rss><channel>{head}{items}</channel></rss>")
        if isinstance(each, Text)
    ]
    assert [(each.title, each.path, bool(each.skipped)) for each in texts] == [
        ("One two", "", False),
        ("", "", True),
    ]


def test_relative_images_and_those_without_a_place_are_kept(tmp_path: Path) -> None:
    media = "".join(f'<enclosure url="/{each}.jpg" type="image/jpeg"/>' for each in "ab")
    item = f"<item><link>https://old.example/x/</link>{media}</item>"
    records = _records(tmp_path, f"<rss><channel>{item}</channel></rss>")
    images = [each.url for each in records if isinstance(each, Image)]
    assert images == ["https://old.example/a.jpg", "https://old.example/b.jpg"]
    text = _text(records)
    assert text.lead_image == images[0]
    assert ("image without place", images[1]) in [(each.code, each.text) for each in text.remarks]
