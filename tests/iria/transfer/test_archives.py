"""Exports of Substack and Medium are read; archives that no export is like are refused."""

import json
import stat
import zipfile
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from articles.body.sanitiser import clean
from articles.editorial.models import Article
from iria.transfer import medium, source_files, substack
from iria.transfer.records import Consent, Image, Kind, State, Subscriber, Text, Unreadable
from iria.transfer.source_files import Archive
from iria.transfer.uploads import is_image

MEDIUM_PAGE = """<!DOCTYPE html><html><head><title>Two Cranes</title></head><body><article class="h-entry">
<header><h1 class="p-name">Two Cranes</h1></header>
<section data-field="subtitle" class="p-summary">A look at both.</section>
<section data-field="body" class="e-content"><section name="a" class="section"><div class="section-divider">
<hr class="section-divider"></div><div class="section-content"><div class="section-inner">
<h3 class="graf graf--h3 graf--leading graf--title">Two Cranes</h3><p class="graf graf--p">Text.</p>
<figure class="graf graf--figure"><img class="graf-image" data-image-id="1*ab.jpeg"
 src="https://cdn-images-1.medium.com/max/800/1*ab.jpeg"><figcaption class="imageCaption">The quay. Photo: Mira Field</figcaption></figure>
<figure class="graf graf--figure graf--iframe"><iframe src="https://www.youtube.com/embed/w7Ft2ymGmfc?feature=oembed"></iframe></figure>
</div></div></section></section>
<footer><p>By <a href="https://medium.com/@ana" class="p-author h-card">Ana Prado</a> on
<a href="https://medium.com/p/0123456789ab"><time class="dt-published" datetime="2020-05-04T08:00:00.000Z">May 4, 2020</time></a>.</p>
<p><a href="https://blog.old.example/two-cranes-0123456789ab" class="p-canonical">Canonical link</a></p></footer></article></body></html>
"""
BUCKET = "https://bucketeer-1.s3.amazonaws.com/public/images/a_1.jpeg"
SUBSTACK_PAGE = (
    '<p>Text.<a class="footnote-anchor" id="footnote-anchor-1" href="#footnote-1">1</a></p>'
    '<div class="captioned-image-container"><figure><a class="image-link" href="https://substackcdn.com/x"><img '
    'src="https://substackcdn.com/image/fetch/w_1456,c_limit/https%3A%2F%2Fbucketeer-1.s3.amazonaws.com%2Fpublic%2Fimages%2Fa_1.jpeg" '
    'alt="A quay"></a><figcaption class="image-caption">The quay. Photo: Mira Field</figcaption></figure></div>'
    '<div id="youtube2-w7" class="youtube-wrap" data-attrs="{&quot;videoId&quot;:&quot;w7Ft2ymGmfc&quot;}"></div>'
    '<div class="subscription-widget-wrap"><p>Subscribe now</p></div>'
    '<p class="button-wrapper"><a class="button" href="%%checkout_url%%">Upgrade</a></p>'
    '<div class="footnote"><a id="footnote-1" class="footnote-number" href="#footnote-anchor-1">1</a>'
    '<div class="footnote-content"><p>The note.</p></div></div>'
)
POSTS = """post_id,post_date,is_published,type,audience,title,subtitle,podcast_url
11.two-cranes,2020-05-04T08:00:00.000Z,true,newsletter,everyone,Two Cranes,A look at both.,
12.paid,2020-05-05T08:00:00.000Z,true,newsletter,only_paid,For some,,
13.idea,,false,newsletter,everyone,Idea,,
14.talk,2020-05-06T08:00:00.000Z,true,thread,everyone,Talk,,
15.about,2020-05-06T08:00:00.000Z,true,page,everyone,About,,
"""


def _zip(folder: Path, files: dict[str, str | bytes]) -> Path:
    file = folder / "export.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file


def _texts(records: list[Any]) -> dict[str, Text]:
    return {each.source_id: each for each in records if isinstance(each, Text)}


def test_a_story_of_medium_keeps_text_date_author_and_image(tmp_path: Path) -> None:
    file = _zip(
        tmp_path,
        {
            "README.html": "x",
            "posts/2020-05-04_Two-Cranes-0123456789ab.html": MEDIUM_PAGE,
            "posts/draft_Idea-abcdef012345.html": "<h1 class='p-name'>Idea</h1>",
            "profile/profile.html": "x",
        },
    )
    source = medium.Export(file)
    records = list(source.records())
    text = _texts(records)["0123456789ab"]
    assert (text.title, text.slug, text.standfirst) == (
        "Two Cranes",
        "two-cranes",
        "A look at both.",
    )
    assert (text.path, text.authors) == ("/two-cranes-0123456789ab/", ["Ana Prado"])
    assert f"{text.published_at:%Y-%m-%dT%H:%M}" == "2020-05-04T08:00"
    assert "<h3" not in text.body
    assert "<hr" not in text.body
    assert "<figcaption>The quay.</figcaption>" in text.body
    assert 'data-embed="https://www.youtube.com/watch?v=w7Ft2ymGmfc"' in text.body
    images = [each for each in records if isinstance(each, Image)]
    assert [each.url for each in images] == ["https://cdn-images-1.medium.com/max/2560/1*ab.jpeg"]
    assert text.credits == {images[0].source_id: "Mira Field"}
    assert _texts(records)["abcdef012345"].state == State.DRAFT


def test_embeds_quotes_and_links_of_medium_are_not_lost(tmp_path: Path) -> None:
    body = (
        '<h4 class="graf graf--subtitle">A look at both cranes.</h4>'
        '<p><a href="https://medium.com/@ana/two-cranes-0123456789ab?source=x">own</a> '
        '<a href="https://medium.com/@tom/else-00000000abcd">else</a></p>'
        '<blockquote class="graf graf--pullquote">Pulled</blockquote>'
        '<figure class="graf graf--iframe"><script src="https://gist.github.com/ana/1.js"></script></figure>'
        '<figure class="graf graf--iframe"><blockquote class="twitter-tweet"><a href="https://twitter.com/a/status/1">'
        '</a></blockquote><script src="//platform.twitter.com/widgets.js"></script></figure>'
        '<div class="graf graf--mixtapeEmbed"><a href="https://else.example/"><strong>T</strong><br><em>D</em>else</a></div>'
    )
    page = MEDIUM_PAGE.replace(
        '<figure class="graf graf--figure"><img', f'{body}<figure class="graf"><img'
    )
    name = "posts/2020-05-04_Two-Cranes-0123456789ab.html"
    text = _texts(list(medium.Export(_zip(tmp_path, {name: page})).records()))["0123456789ab"]
    assert (text.standfirst, text.old_paths) == ("A look at both cranes.", ["/p/0123456789ab/"])
    for part in (
        '<a href="/p/0123456789ab/">own</a> <a href="https://medium.com/@tom/else-00000000abcd">',
        '<aside data-pull-quote=""><p>Pulled</p></aside>',
        '<p><a href="https://gist.github.com/ana/1">https://gist.github.com/ana/1</a></p>',
        '<figure data-embed="https://twitter.com/a/status/1">',
        "<strong>T</strong><br><em>D</em> (else)</a>",
    ):
        assert part in clean(text.body)


def test_a_post_of_substack_keeps_text_notes_and_image(tmp_path: Path) -> None:
    file = _zip(
        tmp_path, {"export/posts.csv": POSTS, "export/posts/11.two-cranes.html": SUBSTACK_PAGE}
    )
    source = substack.Export(file)
    records = list(source.records())
    texts = _texts(records)
    text = texts["11"]
    assert (text.title, text.slug, text.path) == ("Two Cranes", "two-cranes", "/p/two-cranes/")
    assert '<span data-footnote="The note."></span>' in text.body
    assert "<figcaption>The quay.</figcaption>" in text.body
    assert 'data-embed="https://www.youtube.com/watch?v=w7Ft2ymGmfc"' in text.body
    assert not any(each in text.body for each in ("Subscribe", "Upgrade", "footnote-content"))
    assert [each.url for each in records if isinstance(each, Image)] == [BUCKET]
    assert [texts[each].state for each in ("12", "13")] == [State.DRAFT, State.DRAFT]
    assert texts["14"].skipped
    assert (texts["15"].kind, texts["15"].path) == (Kind.PAGES, "/about/")


def test_content_that_substack_stores_in_attributes_is_kept(tmp_path: Path) -> None:
    def part(name: str, tag: str = "div", /, **values: str) -> str:
        return f'<{tag} class="{name}" data-attrs="{escape(json.dumps(values))}"></{tag}>'

    page = (
        f"<p>By {part('mention-wrap', 'span', name='Ann Lee')}.</p>"
        + part("latex-rendered", persistentExpression="x < y")
        + part("instagram-embed-wrap", instagram_id="CabCde1")
        + part("datawrapper-wrap outer", url="https://chart.example/x/")
        + part("new-kind", url="https://new.example/", title="New")
        + part("newer-kind", id="1")
        + part("spotify-wrap", "iframe", url="https://open.spotify.com/episode/1")
        + '<div class="callout-block"><p>Called</p></div><label class="hide-text">Hint</label>'
    )
    file = _zip(tmp_path, {"posts.csv": POSTS, "posts/11.two-cranes.html": page})
    text = _texts(list(substack.Export(file).records()))["11"]
    assert clean(text.body) == (
        "<p>By Ann Lee.</p>\n<pre><code>x &lt; y</code></pre>\n"
        '<figure data-embed="https://www.instagram.com/p/CabCde1/"><figcaption></figcaption></figure>\n'
        '<figure data-embed="https://chart.example/x/"><figcaption></figcaption></figure>\n'
        '<p><a href="https://new.example/">New</a></p>\n'
        '<figure data-embed="https://open.spotify.com/episode/1"><figcaption></figcaption></figure>\n'
        '<aside data-callout=""><p>Called</p></aside>'
    )
    assert [(each.code, each.text) for each in text.remarks] == [
        ("embed not understood", "newer-kind")
    ]


def test_control_characters_in_substack_are_left_out(tmp_path: Path) -> None:
    page = (
        '<img src="https://substackcdn.com/image/fetch/w_1/https%3A%2F%2Fa.example%2F%00a.png">'
        """<div class="tweet" data-attrs='{"url":"https://a.example/\\u0001x"}'></div>"""
    )
    file = _zip(
        tmp_path,
        {
            "posts.csv": POSTS.replace(",\n", ",https://a.example/\x01a.mp3\n", 2),
            "posts/11.a.html": page,
        },
    )
    records = list(substack.Export(file).records())
    assert 'data-embed="https://a.example/x"' in _texts(records)["11"].body
    assert [each.url for each in records if isinstance(each, Image)] == ["https://a.example/a.png"]


def test_subscribers_of_substack_keep_their_consent(tmp_path: Path) -> None:
    listed = "email,active_subscription,email_disabled,created_at\na@b.example,false,false,2020-05-04\nc@d.example,true,true,\n"
    source = substack.Export(_zip(tmp_path, {"posts.csv": POSTS, "email_list.old.csv": listed}))
    found = [each for each in source.records() if isinstance(each, Subscriber)]
    assert [(each.email, each.consent) for each in found] == [
        ("a@b.example", Consent.SUBSCRIBED),
        ("c@d.example", Consent.UNSUBSCRIBED),
    ]
    assert not any(each.email in each.source_id for each in found)


@pytest.mark.django_db
def test_importing_an_archive_twice_changes_nothing(tmp_path: Path) -> None:
    file = _zip(tmp_path, {"posts.csv": POSTS, "posts/11.two-cranes.html": SUBSTACK_PAGE})
    report = tmp_path / "report.json"
    for _ in range(2):
        call_command("import_substack", file, report=report, verbosity=0)
    counts = json.loads(report.read_text())["counts"]
    assert all(each["created"] == each["updated"] == 0 for each in counts.values())
    assert counts["posts"]["found"] == 4
    assert Article.objects.get(slug="two-cranes").is_published


def _member(name: str, mode: int = 0, method: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.compress_type = method
    member.external_attr = mode << 16
    return member


@pytest.mark.parametrize(
    "name",
    [
        "../a.html",
        "posts/../../a.html",
        "/etc/passwd",
        "C:\\a.html",
        "..\\a.html",
        "posts\\..\\..\\a",
    ],
)
def test_paths_outside_of_an_archive_are_rejected(tmp_path: Path, name: str) -> None:
    file = _zip(tmp_path, {"posts.csv": POSTS, name: "x"})
    with pytest.raises(Unreadable), Archive(file):
        pass


@pytest.mark.parametrize(
    "members",
    [
        [_member("a", stat.S_IFLNK | 0o777)],
        [_member("a/b"), _member("a\\b")],
        [_member("a", method=zipfile.ZIP_LZMA)],
    ],
    ids=["link", "twice", "compression"],
)
def test_links_duplicates_and_strange_compression_are_refused(
    tmp_path: Path, members: list[zipfile.ZipInfo]
) -> None:
    file = tmp_path / "hostile.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for each in members:
            archive.writestr(each, "/etc/passwd")
    with pytest.raises(Unreadable), Archive(file):
        pass


def test_archive_bombs_and_encrypted_or_damaged_archives_are_refused(tmp_path: Path) -> None:
    bomb = _zip(tmp_path, {"posts.csv": POSTS, "posts/11.a.html": b"\0" * 20_000_000})
    bomb = bomb.rename(tmp_path / "bomb.zip")
    sound = _zip(tmp_path, {"posts.csv": POSTS}).read_bytes()
    encrypted = bytearray(sound)
    encrypted[sound.index(b"PK\x01\x02") + 8] |= 1
    lying = bytearray(sound)
    # A directory that promises less than there is.
    at = sound.index(b"PK\x01\x02") + 24
    lying[at : at + 4] = b"\1\0\0\0"
    for content in (bomb.read_bytes(), encrypted, lying, sound[:-30], sound[40:], b"", b"no zip"):
        file = tmp_path / "hostile.zip"
        file.write_bytes(content)
        with pytest.raises(Unreadable):
            list(substack.Export(file).records())


def test_a_folder_of_images_is_unpacked_without_anything_else(tmp_path: Path) -> None:
    large = "a" * 2_000_000
    files = {"2020/a.jpg": large, "2020\\b.PNG": "b", "x.php": "c", "__MACOSX/._a.jpg": "d"}
    with Archive(_zip(tmp_path, dict(files)), is_image) as archive:
        folder = archive.unpack(tmp_path / "media")
    found = {each.relative_to(folder).as_posix() for each in folder.rglob("*.*")}
    assert found == {"2020/a.jpg", "2020/b.PNG"}
    assert (folder / "2020" / "a.jpg").read_text() == large


def test_an_archive_with_any_byte_damaged_is_unpacked_or_refused(tmp_path: Path) -> None:
    file = _zip(tmp_path, {"2020/café.jpg": b"a" * 100})
    content = file.read_bytes()
    for position in range(len(content)):
        for flipped in (0x01, 0x80, 0xFF):
            damaged = bytearray(content)
            damaged[position] ^= flipped
            file.write_bytes(damaged)
            with suppress(Unreadable), Archive(file, is_image) as archive:
                archive.unpack(tmp_path / f"{position} {flipped}")


def test_a_folder_of_images_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_files, "MAX_TOTAL_BYTES", 4999)
    with pytest.raises(Unreadable), Archive(_zip(tmp_path, {"a.jpg": bytes(5000)})):
        pass


@pytest.mark.parametrize("source", [substack.Export, medium.Export])
def test_an_archive_of_something_else_is_refused(tmp_path: Path, source: Any) -> None:
    with pytest.raises(Unreadable):
        list(source(_zip(tmp_path, {"a.txt": "x", "posts.txt": "y"})).records())
