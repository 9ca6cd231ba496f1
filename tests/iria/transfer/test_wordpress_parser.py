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

from iria.transfer.records import Author, CommentState, Record, State, Text, Unreadable
from iria.transfer.wordpress import bodies
from iria.transfer.wordpress.comments import comment_text
from iria.transfer.wordpress.dates import moment
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


def test_fields_of_seo_plugins_are_used(tmp_path: Path) -> None:
    meta = {"_yoast_wpseo_metadesc": "Why it matters.", "_yoast_wpseo_meta-robots-noindex": "1"}
    text = next(e for e in _records(tmp_path, wxr.item(7, meta=meta)) if isinstance(e, Text))
    assert (text.search_description, text.noindex) == ("Why it matters.", True)


def test_another_post_type_is_skipped_with_its_name(tmp_path: Path) -> None:
    assert "nav_menu_item" in _text(tmp_path, post_type="nav_menu_item").skipped


def test_a_missed_schedule_and_a_password_are_told(tmp_path: Path) -> None:
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
    assert moment(local, utc, "", LISBON) == (expected, contradictory)


def test_a_comment_becomes_plain_text_with_its_links() -> None:
    html = 'See <a href="https://a.example/x" rel="nofollow">this</a>.<br />\n<strong>Now</strong> &amp; then'
    assert comment_text(html) == "See [this](https://a.example/x).\n**Now** & then"


def test_comment_states(tmp_path: Path) -> None:
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
def test_what_is_no_export_is_refused(tmp_path: Path, bad: str) -> None:
    file = tmp_path / "bad.xml"
    file.write_text(bad)
    with pytest.raises(Unreadable):
        Export(file, LISBON).check()


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        Export(tmp_path / "missing.xml", LISBON).check()


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
