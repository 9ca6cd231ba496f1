"""A Ghost export becomes neutral records."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from iria.transfer.ghost.parser import Export, date_of
from iria.transfer.ghost.routes import Facts, fill, matches, read_redirects
from iria.transfer.records import (
    Author,
    CommentState,
    Consent,
    Image,
    Kind,
    Record,
    Redirect,
    State,
    Subscriber,
    Term,
    Text,
    Unreadable,
)
from tests.iria.transfer import ghost_export
from tests.iria.transfer.ghost_export import post

TAGS = [
    {"id": "t1", "name": "Ports", "slug": "ports", "visibility": "public"},
    {"id": "t2", "name": "#sponsored", "slug": "hash-sponsored", "visibility": "internal"},
    {"id": "t3", "name": "Sea", "slug": "sea", "visibility": "public"},
]
USERS = [
    {"id": "u1", "name": "Ana Prado", "slug": "ana", "bio": "Writes."},
    {"id": "u2", "name": "Tom Birk", "slug": "tom"},
]


def _read(tmp_path: Path, options: dict[str, Any] | None = None, **tables: Any) -> list[Record]:
    return list(Export(ghost_export.write(tmp_path, **tables), **(options or {})).records())


def _text(tmp_path: Path, options: dict[str, Any] | None = None, **tables: Any) -> Text:
    (text,) = [each for each in _read(tmp_path, options, **tables) if isinstance(each, Text)]
    return text


def _remarks(text: Text) -> list[str]:
    return [each.code for each in text.remarks]


def _linked(*tags: str) -> list[dict[str, Any]]:
    return [
        {"post_id": "a1", "tag_id": tag, "sort_order": order}
        for order, tag in reversed(list(enumerate(tags)))
    ]


@pytest.mark.parametrize(
    ("status", "visibility", "state", "remarks"),
    [
        ("published", "public", State.PUBLISHED, []),
        ("scheduled", "public", State.SCHEDULED, []),
        ("draft", "public", State.DRAFT, []),
        ("sent", "public", State.DRAFT, ["sent by e-mail only"]),
        ("published", "members", State.DRAFT, ["for members"]),
        ("published", "paid", State.DRAFT, ["for members"]),
        ("scheduled", "tiers", State.DRAFT, ["for members"]),
        ("published", "filter", State.DRAFT, ["for members"]),
        ("invented", "public", State.DRAFT, ["unknown status"]),
    ],
)
def test_only_what_everybody_could_read_is_published(
    tmp_path: Path, status: str, visibility: str, state: State, remarks: list[str]
) -> None:
    text = _text(tmp_path, posts=[post(status=status, visibility=visibility)])
    assert (text.state, _remarks(text)) == (state, remarks)


def test_a_scheduled_e_mail_is_not_published(tmp_path: Path) -> None:
    meta = [{"post_id": "a1", "email_only": 1}]
    text = _text(tmp_path, posts=[post(status="scheduled")], posts_meta=meta)
    assert (text.state, _remarks(text)) == (State.DRAFT, ["sent by e-mail only"])


def test_tags_keep_their_order_and_the_first_is_the_category(tmp_path: Path) -> None:
    records = _read(tmp_path, posts=[post()], tags=TAGS, posts_tags=_linked("t3", "t2", "t1"))
    (text,) = [each for each in records if isinstance(each, Text)]
    assert [each.name for each in text.tags] == ["Sea", "Ports"]
    assert [(each.name, each.kind) for each in text.categories] == [("Sea", Kind.CATEGORIES)]
    assert [(each.code, each.text) for each in text.remarks] == [("internal tag", "#sponsored")]
    terms = [each for each in records if isinstance(each, Term) and not each.skipped]
    assert [(each.name, str(each.kind)) for each in terms] == [
        ("Ports", "tags"),
        ("Sea", "tags"),
        ("Sea", "categories"),
    ]


def test_an_internal_first_tag_makes_no_category(tmp_path: Path) -> None:
    text = _text(tmp_path, posts=[post()], tags=TAGS, posts_tags=_linked("t2", "t1"))
    assert text.categories == []


def test_named_tags_become_categories_instead(tmp_path: Path) -> None:
    options = {"categories": frozenset({"ports"})}
    text = _text(tmp_path, options, posts=[post()], tags=TAGS, posts_tags=_linked("t3", "t1"))
    assert [each.name for each in text.categories] == ["Ports"]


def test_authors_keep_their_order_with_their_roles_as_remarks(tmp_path: Path) -> None:
    records = _read(
        tmp_path,
        posts=[post()],
        users=USERS,
        posts_authors=[
            {"post_id": "a1", "author_id": "u1", "sort_order": 1},
            {"post_id": "a1", "author_id": "u2", "sort_order": 0},
        ],
        roles=[{"id": "r1", "name": "Contributor"}],
        roles_users=[{"role_id": "r1", "user_id": "u1"}],
    )
    (text,) = [each for each in records if isinstance(each, Text)]
    assert text.authors == ["tom", "ana"]
    roles = {
        each.name: [remark.text for remark in each.remarks]
        for each in records
        if isinstance(each, Author)
    }
    assert roles == {"Ana Prado": ["Contributor"], "Tom Birk": []}


def test_the_fields_of_a_post_and_its_meta_row_are_kept(tmp_path: Path) -> None:
    meta = {
        "post_id": "a1",
        "meta_description": "For search",
        "og_title": "For sharing",
        "feature_image_alt": "A crane",
        "feature_image_caption": "<b>Cranes</b>. Photo: Mira Field",
    }
    given = post(
        title="A <canvas> & more",
        custom_excerpt="A\nstandfirst",
        canonical_url="https://first.example/x",
        feature_image="__GHOST_URL__/content/images/2024/05/crane.jpg",
        locale="de-DE",
        featured=1,
        codeinjection_head="<style></style>",
    )
    records = _read(tmp_path, posts=[given], posts_meta=[meta])
    (text,) = [each for each in records if isinstance(each, Text)]
    assert text.title == "A <canvas> & more"
    assert text.standfirst == "A standfirst"
    assert text.search_description == "For search"
    assert text.social_title == "For sharing"
    assert text.canonical_url == "https://first.example/x"
    assert text.language == "de"
    assert text.published_at == datetime(2024, 2, 29, 10, tzinfo=UTC)
    assert (text.lead_image, text.lead_alt) == ("2024/05/crane.jpg", "A crane")
    assert text.lead_caption == "<b>Cranes</b>."
    assert _remarks(text) == ["featured", "code injection"]
    (image,) = [each for each in records if isinstance(each, Image)]
    assert (image.path, image.credit, image.alt) == ("2024/05/crane.jpg", "Mira Field", "A crane")


def test_an_image_used_twice_is_one_record_with_the_url_of_its_original(tmp_path: Path) -> None:
    own = '<img src="__GHOST_URL__/content/images/size/w600/a%20b.jpg">'
    html = own + '<img src="/content/images/a b.jpg"><img src="https://else.example/b.jpg">'
    posts = [post("a1", lexical=None, html=html), post("a2", lexical=None, html=own)]
    records = _read(tmp_path, {"url": "https://old.example/"}, posts=posts)
    images = [each for each in records if isinstance(each, Image)]
    assert [(each.source_id, each.path, each.url) for each in images] == [
        ("a b.jpg", "a b.jpg", "https://old.example/content/images/a%20b.jpg"),
        ("https://else.example/b.jpg", "", "https://else.example/b.jpg"),
    ]


@pytest.mark.parametrize(
    ("value", "year"),
    [
        (1388318310783, 2013),
        (1388318310, 2013),
        ("2019-01-02T11:56:15.000Z", 2019),
        ("2019-01-02 11:56:15", 2019),
        ("0000-00-00 00:00:00", None),
        (10**30, None),
        (True, None),
        (None, None),
        ({}, None),
    ],
)
def test_dates_of_all_versions_are_read(value: object, year: int | None) -> None:
    found = date_of(value)
    assert (found.year if found else None) == year


ROUTES = """
routes:
  /about-us/:
    data: page.about
  /fish/: {controller: channel, data: tag.fish}
  /boats/: {controller: channel, filter: "tag:[boats]"}
collections:
  /sea/:
    permalink: /sea/{year}/{month}/{slug}/
    filter: primary_tag:sea
  /:
    permalink: /{primary_tag}/{primary_author}/{id}-{slug}/
taxonomies:
  tag: /topics/{slug}/
  author: /author/{slug}/
"""


def test_permalinks_of_the_routes_file_are_the_old_urls(tmp_path: Path) -> None:
    routes = tmp_path / "routes.yaml"
    routes.write_text(ROUTES)
    records = _read(
        tmp_path,
        {"routes_file": routes},
        posts=[
            post("a1", published_at="2024-02-29T23:30:00.000Z"),
            post("a2"),
            post("a3", slug="about", type="page"),
        ],
        tags=TAGS,
        posts_tags=_linked("t3"),
        settings=[{"key": "timezone", "value": "Asia/Tokyo"}],
    )
    paths = [each.path for each in records if isinstance(each, Text)]
    assert paths == ["/sea/2024/03/post-a1/", "/all/all/a2-post-a2/", "/about-us/"]
    assert [each.old_paths for each in records if isinstance(each, Text)] == [[], [], ["/about/"]]
    redirects = [(e.old_path, e.new_path) for e in records if isinstance(e, Redirect)]
    assert redirects == [
        ("/sea/", "/tag/sea/"),
        ("/fish/", "/tag/fish/"),
        ("/boats/", "/tag/boats/"),
        ("/topics/ports/", "/tag/ports/"),
        ("/topics/sea/", "/tag/sea/"),
    ]


def test_exports_before_version_two_have_their_permalink_in_a_setting(tmp_path: Path) -> None:
    settings = [{"key": "permalinks", "value": "/:year/:month/:day/:slug/"}]
    assert _text(tmp_path, posts=[post()], settings=settings).path == "/2024/02/29/post-a1/"
    assert _text(tmp_path, posts=[post()]).path == "/post-a1/"


FACTS = Facts(
    {"tag": ("sea", "hash-x"), "primary_tag": ("sea",), "author": ("ana",), "featured": ("true",)},
    None,
)


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ("", True),
        ("tag:sea", True),
        ("tags:sea", True),
        ("tag:[land,hash-x]", True),
        ("tag:-sea", False),
        ("tag:-[land,hash-x]", False),
        ("tag:land,author:ana", True),
        ("tag:sea+author:tom", False),
        ("primary_tag:'sea'+featured:true", True),
        ("authors.slug:ana", True),
        ("(tag:sea+author:ana)", True),
        ("(tag:land,tag:sea)+author:tom", False),
        ("author:ana+(tag:land,(tag:sea))", True),
        ("created_at:>'2020-01-01'", False),
    ],
)
def test_filters_of_collections_choose_posts(condition: str, fits: bool) -> None:
    assert matches(condition, FACTS) is fits


def test_a_date_in_a_permalink_of_a_draft_is_left_out() -> None:
    assert fill("/{year}/{slug}/", Facts({"slug": ("a",)}, None), UTC) == "/a/"


REDIRECTS = {
    "redirects.json": """[
        {"from": "^/old-name/?$", "to": "/new-name/", "permanent": true},
        {"from": "/a\\\\.html", "to": "https://else.example/"},
        {"from": "^/blog/(.*)$", "to": "/$1"},
        {"from": "/^\\\\/case\\\\/$/i", "to": "/y/"},
        {"from": "/x/"}, 5
    ]""",
    "redirects.yaml": (
        "301:\n  ^/old-name/?$: /new-name/\n  '/a\\.html': https://else.example/\n"
        "302:\n  ^/blog/(.*)$: /$1\n  /^\\/case\\/$/i: /y/\n  /x/:\n  '': /y/\n"
    ),
}


@pytest.mark.parametrize("name", REDIRECTS)
def test_redirects_are_read_from_both_formats(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(REDIRECTS[name])
    found = read_redirects(file)
    assert [each.old_path for each in found if not each.skipped] == [
        "/old-name/",
        "/a.html/",
        "/case/",
    ]
    assert len(found) == 6


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("redirects.json", '[\n{"from": }]', 2),
        ("redirects.yaml", "301:\n  /a/: /b/\n c: d", 3),
        ("redirects.json", '"text"', 1),
        ("redirects.json", "[" * 100_000, 0),
    ],
)
def test_a_broken_redirects_file_is_refused(
    tmp_path: Path, name: str, content: str, line: int
) -> None:
    (tmp_path / name).write_text(content)
    export = Export(ghost_export.write(tmp_path), redirects_file=tmp_path / name)
    with pytest.raises(Unreadable) as refused:
        list(export.records())
    assert refused.value.line == line


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in pairwise("abcdefghij")
)


@pytest.mark.parametrize(
    "content",
    [
        *("- a", "collections: [", "a: &a [*a]", "!!python/object:x.y {}", "[a]: b"),
        BOMB + "collections: {/: {permalink: /a/, filter: *j}}\nroutes: {/x/: *j}",
    ],
)
def test_any_routes_file_is_read_or_rejected_with_its_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "routes.yaml").write_text(content)
    export = Export(ghost_export.write(tmp_path), routes_file=tmp_path / "routes.yaml")
    try:
        assert list(export.records())
    except Unreadable as error:
        assert "routes.yaml" in error.reason  # noqa: PT017 - both are right


def test_a_redirects_file_cannot_fill_the_memory(tmp_path: Path) -> None:
    (tmp_path / "redirects.yaml").write_text(BOMB + "301:\n  /a/: *j\n")
    (found,) = read_redirects(tmp_path / "redirects.yaml")
    assert found.skipped


def _consents(records: list[Record]) -> dict[str, Consent]:
    return {each.email: each.consent for each in records if isinstance(each, Subscriber)}


def test_only_members_who_receive_a_newsletter_are_subscribed(tmp_path: Path) -> None:
    members = [
        {"id": "m1", "email": "ana@example.org", "name": "Ana", "status": "free"},
        {"id": "m2", "email": "tom@example.org", "status": "paid"},
        {"id": "m3", "email": "Gone@example.org"},
        {"id": "m4", "email": "off@example.org", "email_disabled": 1},
    ]
    links = [{"member_id": each, "newsletter_id": "n1"} for each in ("m1", "m3", "m4")]
    records = _read(
        tmp_path,
        members=members,
        members_newsletters=links,
        suppressions=[{"email": "gone@example.org", "reason": "bounce"}],
    )
    assert _consents(records) == {
        "ana@example.org": Consent.SUBSCRIBED,
        "tom@example.org": Consent.UNSUBSCRIBED,
        "Gone@example.org": Consent.SUPPRESSED,
        "off@example.org": Consent.SUPPRESSED,
    }


def test_before_newsletters_a_column_says_who_is_subscribed(tmp_path: Path) -> None:
    members = [
        {"id": "m1", "email": "ana@example.org", "subscribed": 1},
        {"id": "m2", "email": "tom@example.org", "subscribed": False},
        {"id": "m3", "email": "eva@example.org"},
    ]
    subscribers = [
        {"id": "s1", "email": "one@example.org", "status": "subscribed"},
        {"id": "s2", "email": "two@example.org", "status": "unsubscribed"},
        {"id": "s3", "email": "three@example.org", "status": "pending"},
        {"id": "s4", "email": "four@example.org"},
    ]
    found = _consents(_read(tmp_path, members=members, subscribers=subscribers))
    assert [str(each) for each in found.values()] == [
        *("subscribed", "unsubscribed", "unsubscribed"),
        *("subscribed", "unsubscribed", "unconfirmed", "unconfirmed"),
    ]


def test_comments_of_members_keep_thread_and_state(tmp_path: Path) -> None:
    text = _text(
        tmp_path,
        posts=[post()],
        members=[{"id": "m1", "email": "ana@example.org", "name": "Ana"}],
        comments=[
            {"id": "c1", "post_id": "a1", "member_id": "m1", "html": "<p>First</p>"}
            | {"status": "published", "created_at": "2024-03-01 10:00:00"},
            {"id": "c2", "post_id": "a1", "parent_id": "c1", "html": "<p>Reply</p>"}
            | {"status": "hidden", "member_id": None},
        ],
    )
    first, reply = text.comments
    assert (first.name, first.text, first.state) == ("Ana", "First", CommentState.APPROVED)
    assert (reply.parent, reply.state) == ("c1", CommentState.DELETED)


def test_what_has_no_place_here_is_reported(tmp_path: Path) -> None:
    meta = {"post_id": "a1", "meta_title": "For engines", "og_image": "__GHOST_URL__/a.jpg"}
    text = _text(tmp_path, posts=[post()], posts_meta=[meta])
    assert [(each.code, each.text) for each in text.remarks] == [
        ("title for search engines", "For engines"),
        ("image for sharing", "/a.jpg"),
    ]
