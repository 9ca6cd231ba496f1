"""What the parser makes of the elements of a WXR file."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iria.transfer.bodies import comment_text
from iria.transfer.names import moment_of_two
from iria.transfer.records import (
    Author,
    CommentState,
    Image,
    Record,
    Site,
    State,
    Term,
    Text,
    Unreadable,
)
from iria.transfer.wordpress import bodies
from iria.transfer.wordpress.parser import Export
from tests.iria.transfer import wxr

LISBON = ZoneInfo("Europe/Lisbon")


def _records(folder: Path, *parts: str) -> Iterator[Record]:
    return Export(wxr.write(folder, *parts), LISBON).records()


def _text(folder: Path, **fields: Any) -> Text:
    return next(each for each in _records(folder, wxr.item(7, **fields)) if isinstance(each, Text))


def test_co_authors_come_before_the_user_who_saved_the_post(tmp_path: Path) -> None:
    terms = wxr.term("author", "cap-tom", "tom") + wxr.term("author", "eva", "Eva")
    guest = wxr.item(
        9, post_type="guest-author", meta={"cap-user_login": "eva", "cap-display_name": "Eva Moss"}
    )
    records = list(_records(tmp_path, wxr.item(7, terms=terms, creator="ana"), guest))
    text = next(each for each in records if isinstance(each, Text))
    assert text.authors == ["tom", "eva"]
    assert [each.name for each in records if isinstance(each, Author)] == ["Eva Moss"]


def test_an_author_is_found_however_a_plugin_writes_the_login(tmp_path: Path) -> None:
    terms = wxr.term("author", "cap-jane-doe", "jane.doe") + wxr.term(
        "author", "cap-eva-moss", "Eva Moss"
    )
    guest = wxr.item(
        9,
        post_type="guest-author",
        post_name="cap-eva-moss",
        meta={"cap-user_login": "Eva Moss", "cap-display_name": "Eva Moss"},
    )
    user = wxr.author("jane.doe", "Jane Doe")
    records = list(_records(tmp_path, user, wxr.item(7, terms=terms), guest))
    authors = [each for each in records if isinstance(each, Author)]
    text = next(each for each in records if isinstance(each, Text))
    assert text.authors == [each.source_id for each in authors]
    assert [each.slug for each in authors] == ["jane-doe", "eva-moss"]


def test_an_email_address_is_no_name(tmp_path: Path) -> None:
    (author,) = (
        e for e in _records(tmp_path, wxr.author("eva@old.example", "")) if isinstance(e, Author)
    )
    assert author.name == "eva"


def test_terms_of_wordpress_2_are_read_once_and_by_name(tmp_path: Path) -> None:
    header = wxr.category(1, "world", "The World") + wxr.category(2, "asia", "Ásia", "The World")
    terms = "".join(
        f"<category{domain}>{name}</category><category{domain or ' domain="category"'} nicename='{slug}'>{name}</category>"
        for domain, slug, name in (("", "asia", "Ásia"), (" domain='tag'", "ports", "Ports"))
    )
    records = list(_records(tmp_path, header, wxr.item(7, terms=terms)))
    assert [each.parent for each in records if isinstance(each, Term)] == ["", "world"]
    text = next(each for each in records if isinstance(each, Text))
    assert [each.source_id for each in text.categories] == ["asia"]
    assert [each.source_id for each in text.tags] == ["ports"]


def test_a_title_keeps_its_special_characters(tmp_path: Path) -> None:
    assert _text(tmp_path, title="If 1 < 2 &amp; <em>3</em> > 2, &lt;b&gt;").title == (
        "If 1 < 2 & 3 > 2, <b>"
    )


def test_the_link_of_a_feed_is_not_that_of_the_site(tmp_path: Path) -> None:
    head = wxr.HEAD.replace(
        "<title>", '<a:link xmlns:a="http://www.w3.org/2005/Atom" href="x"/><title>'
    )
    file = tmp_path / "export.xml"
    file.write_text(
        head.replace("wp:base_", "wp:other_") + wxr.author("ana", "Ana") + "</channel></rss>"
    )
    (site,) = (each for each in Export(file, LISBON).records() if isinstance(each, Site))
    assert site.url == "https://old.example"


def test_reusable_blocks_are_found_wherever_they_are_in_the_file(tmp_path: Path) -> None:
    block = wxr.item(9, "Reused", "<p>Again</p>", post_type="wp_block")
    records = _records(tmp_path, wxr.item(7, body='<!-- wp:block {"ref":9} /-->'), block)
    assert "Again" in next(each for each in records if isinstance(each, Text)).body


def test_the_slug_of_a_text_in_the_trash_is_its_own(tmp_path: Path) -> None:
    assert _text(tmp_path, post_name="quay__trashed", status="trash").slug == "quay"


def test_languages_and_translations_of_wpml_are_read(tmp_path: Path) -> None:
    fields = {"_wpml_import_language_code": "pt-pt", "_wpml_import_translation_group": "77"}
    text = _text(tmp_path, meta=fields)
    assert (text.language, text.translation_key) == ("pt", "wpml 77")
    assert _text(tmp_path, link="https://old.example/quay/?lang=de").language == "de"


def test_taxonomies_and_fields_without_an_equivalent_are_reported(tmp_path: Path) -> None:
    meta = {"kicker": "Harbour", "_hidden": "1", "empty": "", "footnotes": "[]", "views": "12"}
    text = _text(tmp_path, meta=meta, terms=wxr.term("region", "lisbon", "Lisbon"))
    assert [(each.code, each.text) for each in text.remarks] == [
        ("taxonomy not imported", "region: Lisbon"),
        ("custom fields not imported", "kicker"),
    ]


def test_the_credit_of_a_file_names_its_organisation(tmp_path: Path) -> None:
    fields = {"_media_credit": "Mira Field", "_navis_media_credit_org": "Lusa"}
    item = wxr.item(
        5, post_type="attachment", attachment_url="/wp-content/uploads/a.jpg", meta=fields
    )
    (image,) = (each for each in _records(tmp_path, item) if isinstance(each, Image))
    assert image.credit == "Mira Field/Lusa"


def test_fields_of_seo_plugins_are_used(tmp_path: Path) -> None:
    meta = {"_yoast_wpseo_metadesc": "Why it matters.", "_yoast_wpseo_meta-robots-noindex": "1"}
    text = next(e for e in _records(tmp_path, wxr.item(7, meta=meta)) if isinstance(e, Text))
    assert (text.search_description, text.noindex) == ("Why it matters.", True)


def test_another_post_type_is_skipped_with_its_name(tmp_path: Path) -> None:
    assert "nav_menu_item" in _text(tmp_path, post_type="nav_menu_item").skipped


def test_a_missed_schedule_and_a_password_are_reported(tmp_path: Path) -> None:
    text = _text(tmp_path, status="future", post_password="x")
    assert text.state == State.DRAFT
    assert [each.code for each in text.remarks] == ["password-protected"]


@pytest.mark.parametrize(
    ("local", "utc", "expected", "contradictory"),
    [
        ("2020-05-04 10:00:00", "2020-05-04 09:00:00", datetime(2020, 5, 4, 9, tzinfo=UTC), False),
        ("2020-05-04 10:00:00", "0000-00-00 00:00:00", datetime(2020, 5, 4, 9, tzinfo=UTC), False),
        ("2020-12-04 10:00:00", "", datetime(2020, 12, 4, 10, tzinfo=UTC), False),
        ("2020-05-04 10:00:00", "2020-05-07 09:00:00", datetime(2020, 5, 4, 9, tzinfo=UTC), True),
        ("", "2020-05-04 09:00:00", datetime(2020, 5, 4, 9, tzinfo=UTC), False),
        ("0000-00-00 00:00:00", "not a date", None, False),
    ],
)
def test_dates_have_the_right_zone(
    local: str, utc: str, expected: datetime | None, contradictory: bool
) -> None:
    assert moment_of_two(local, utc, "", LISBON) == (expected, contradictory)


def test_a_comment_becomes_plain_text_with_its_links() -> None:
    html = '<script>x</script>See <a href="https://a.example/x" rel="nofollow">this</a>.<br />\n<strong>Now</strong> &amp; then'
    assert comment_text(html) == "See [this](https://a.example/x).\n**Now** & then"


def test_each_comment_state_has_an_equivalent(tmp_path: Path) -> None:
    states = {"1": "approved", "0": "held", "spam": "spam", "trash": "deleted"}
    comments = "".join(wxr.comment(n, "x", approved=each) for n, each in enumerate(states, start=1))
    text = next(
        e for e in _records(tmp_path, wxr.item(7, comments=comments)) if isinstance(e, Text)
    )
    assert [each.state for each in text.comments] == [
        CommentState(each) for each in states.values()
    ]


@pytest.mark.parametrize(
    "bad",
    [
        '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>',
        '<!DOCTYPE rss SYSTEM "http://elsewhere.example/x.dtd"><rss/>',
        "<rss><channel><item></channel></rss>",
        "<rss><channel><title>A feed</title></channel></rss>",
        "<html/>",
        "",
        "<rss>" * 2000,
    ],
)
def test_a_file_that_is_no_export_is_refused(tmp_path: Path, bad: str) -> None:
    file = tmp_path / "bad.xml"
    file.write_text(bad)
    with pytest.raises(Unreadable):
        list(Export(file, LISBON).records())


def test_control_characters_and_leading_blank_lines_are_ignored(tmp_path: Path) -> None:
    content = f"{wxr.HEAD}{wxr.item(7, 'Qu\x03ay', '\x0bText\x00.')}</channel></rss>"
    file = tmp_path / "export.xml"
    for head, encoding in (("\n\r\n ", "utf-8"), ("\ufeff\n", "utf-8"), ("", "utf-16")):
        sound = (
            content if encoding == "utf-8" else "".join(c for c in content if c >= " " or c == "\n")
        )
        file.write_text(head + sound.replace("UTF-8", encoding), encoding=encoding, newline="")
        text = next(each for each in Export(file, LISBON).records() if isinstance(each, Text))
        assert text.title == "Quay"
        assert "Text." in text.body


def test_the_line_of_an_error_counts_blank_lines_too(tmp_path: Path) -> None:
    file = tmp_path / "export.xml"
    file.write_text('\n\n<?xml version="1.0"?>\n<rss>\n</channel>')
    with pytest.raises(Unreadable) as refused:
        list(Export(file, LISBON).records())
    assert refused.value.line == 5


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        list(Export(tmp_path / "missing.xml", LISBON).records())


ANY = st.text(max_size=200) | st.sampled_from(
    [
        "[caption",
        "[/caption]",
        "[gallery ids=",
        "<!-- wp:image",
        "-->",
        "<figure",
        "<img src=//[",
        "0000-00-00",
    ]
)


@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.xml"
    for content in (data, wxr.HEAD.encode() + data + b"</channel></rss>"):
        file.write_bytes(content)
        with contextlib.suppress(Unreadable):
            list(Export(file, LISBON).records())


@given(
    parts=st.lists(ANY, max_size=8),
    fields=st.dictionaries(
        st.sampled_from(
            [
                "post_date",
                "post_date_gmt",
                "status",
                "post_type",
                "post_name",
                "link",
                "excerpt",
                "comment_status",
                "post_parent",
                "attachment_url",
                "creator",
            ]
        ),
        ANY,
        max_size=5,
    ),
)
def test_any_text_in_an_export_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], fields: dict[str, Any]
) -> None:
    fields = {name: value for name, value in fields.items() if name != "creator"}
    export = wxr.item(7, body="".join(parts), comments=wxr.comment(1, "".join(parts)), **fields)
    file = tmp_path_factory.getbasetemp() / "any-text.xml"
    file.write_text(f"{wxr.HEAD}{export}</channel></rss>", encoding="utf-8", errors="replace")
    with contextlib.suppress(Unreadable):
        list(Export(file, LISBON).records())


@given(body=st.text(max_size=400) | st.lists(ANY, max_size=12).map("".join))
def test_any_body_is_converted(body: str) -> None:
    assert isinstance(bodies.convert(body, footnotes=body).html, str)
