"""Ghost exports from elsewhere are read completely, or refused with the line."""

import json
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iria.transfer.ghost.parser import INTERNAL, Export
from iria.transfer.ghost.tables import TABLES
from iria.transfer.records import Author, Kind, Record, Subscriber, Term, Text, Unreadable
from tests.iria.transfer import ghost_export
from tests.proofs.size import sized
from tests.shared import shared_data


def _read(file: Path) -> list[Record]:
    return list(Export(file).records())


@pytest.mark.parametrize("name", ghost_export.names() or ["export__default_export.json"])
def test_the_counts_of_a_file_are_those_of_another_reader(name: str) -> None:
    file = shared_data("ghost", "fixtures", name)
    tables, records = ghost_export.tables_of(file), _read(file)
    texts = [each for each in records if isinstance(each, Text)]
    kinds = Counter(str(each.kind) for each in texts)
    pages = [each for each in tables["posts"] if each.get("page") or each.get("type") == "page"]
    assert kinds["pages"] == len(pages)
    assert kinds["posts"] == len(tables["posts"]) - len(pages)
    tags = [each for each in records if isinstance(each, Term) and each.kind == Kind.TAGS]
    assert len(tags) == len(tables.get("tags", []))
    authors = [each for each in records if isinstance(each, Author)]
    assert len(authors) == len(tables.get("users", []))
    subscribers = [each for each in records if isinstance(each, Subscriber)]
    assert len(subscribers) == len(tables.get("subscribers", []) + tables.get("members", []))
    assert sum(len(each.tags) for each in texts) == _links_to_tags(tables)
    assert sum(len(each.authors) for each in texts) == _links_to_authors(tables)


def _links_to_tags(tables: dict[str, list[dict[str, Any]]]) -> int:
    posts = {each["id"] for each in tables["posts"]}
    named = {
        each["id"] for each in tables.get("tags", []) if each["name"] and each["name"][0] != "#"
    }
    links = tables.get("posts_tags", [])
    return sum(each["post_id"] in posts and each["tag_id"] in named for each in links)


def _links_to_authors(tables: dict[str, list[dict[str, Any]]]) -> int:
    posts = {each["id"] for each in tables["posts"]}
    users = {each.get("id") for each in tables.get("users", [])}
    links = tables.get("posts_authors", [])
    linked = {each["post_id"] for each in links}
    old = [each for each in tables["posts"] if each["id"] not in linked]
    return sum(each["post_id"] in posts and each["author_id"] in users for each in links) + sum(
        each.get("author_id") in users for each in old
    )


def test_an_answer_of_the_content_api_has_its_people_and_tags_in_the_post() -> None:
    file = shared_data("ghost", "migrate", "mg-ghost-api-posts.json")
    (post,) = json.loads(file.read_text())["posts"]
    (text,) = [each for each in _read(file) if isinstance(each, Text)]
    assert text.authors == [each["slug"] for each in post["authors"]]
    assert [each.name for each in text.tags] == [
        each["name"] for each in post["tags"] if each["visibility"] == "public"
    ]


@pytest.mark.parametrize(
    ("name", "line"), [("export__broken.json", 1), ("import__draft-2014-12-19-test-3.md", 1)]
)
def test_a_file_that_is_no_export_is_refused(name: str, line: int) -> None:
    with pytest.raises(Unreadable) as refused:
        _read(shared_data("ghost", "fixtures", name))
    assert refused.value.line == line


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('{"posts": [\n{"id": 1},\n{"id": 2,}\n]}', 3),
        ('{"posts": [\n{"id": 1},\n', 2),
        ("", 1),
        ("\n\nno JSON", 3),
        ('{"posts": []} {}', 1),
        ('{"posts": {"id": 1}}', 1),
        ('{"other": {"posts": []}}', 1),
        ('{"posts":\n[' + "[" * 5000 + "]" * 5000 + "]}", 2),
        ('{"posts":\n[{"id": ' + "9" * 5000 + "}]}", 2),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, content: str, line: int) -> None:
    file = tmp_path / "export.json"
    file.write_text(content)
    with pytest.raises(Unreadable) as refused:
        _read(file)
    assert refused.value.line == line


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for file in (tmp_path / "none.json", tmp_path):
        with pytest.raises(Unreadable):
            _read(file)


def test_damaged_rows_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    file = ghost_export.write(
        tmp_path,
        posts=[None, "text", {}, ghost_export.post("a1"), {"id": [1], "title": {"x": 1}}],
        tags=[[], {"id": 1, "name": "", "slug": ""}, {"id": 2, "name": "#internal"}],
        users=[5, {"id": 1}],
        posts_tags=[{"post_id": "a1", "tag_id": 1}, {"post_id": "a1", "tag_id": 9}, None],
    )
    records = _read(file)
    texts = [each for each in records if isinstance(each, Text)]
    assert [each.source_id for each in texts if each.skipped] == [
        "row 1 of posts",
        "row 2 of posts",
        "?",
        "?",
    ]
    (good,) = [each for each in texts if not each.skipped]
    assert [each.code for each in good.remarks] == ["broken link"]
    skipped = [each for each in records if isinstance(each, Term | Author) and each.skipped]
    assert len(skipped) == 5
    assert INTERNAL in {each.skipped for each in skipped}


def test_texts_are_not_kept_in_memory(tmp_path: Path) -> None:
    posts = [
        ghost_export.post(str(number), html="x" * 100_000, lexical=None) for number in range(200)
    ]
    file = ghost_export.write(tmp_path, posts=posts)
    del posts
    tracemalloc.start()
    for _ in Export(file).records():
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < file.stat().st_size / 4


NODE_FIELDS = (
    *("type", "children", "root", "sections", "cards", "markups", "atoms", "text", "web", "url"),
    *("html", "images", "metadata", "visibility", "src", "caption", "version"),
)
COLUMNS = (
    *("id", "slug", "title", "status", "visibility", "html", "markdown", "lexical", "mobiledoc"),
    *("published_at", "feature_image", "feature_image_caption", "locale", "name", "email", "key"),
    *("post_id", "tag_id", "author_id", "sort_order", "value", "authors", "tags", "member_id"),
    *("created_at", "role_id", "user_id", "type", "featured", "canonical_url"),
)
NODE_TYPES = (
    *("paragraph", "text", "list", "listitem", "image", "gallery", "embed", "html", "markdown"),
    *("bookmark", "callout", "toggle", "product", "header", "signup", "link", "table", "file"),
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NODE_FIELDS), inner, max_size=4)
    ),
    max_leaves=12,
)
columns = st.dictionaries(st.sampled_from(COLUMNS), values, max_size=8)
nodes = st.recursive(
    st.fixed_dictionaries(
        {"type": st.sampled_from(NODE_TYPES)}, optional={"text": values, "html": values}
    ),
    lambda inner: st.fixed_dictionaries(
        {"type": st.sampled_from(NODE_TYPES), "children": st.lists(inner, max_size=3)},
        optional={"src": values, "images": values, "url": values, "format": values},
    ),
    max_leaves=8,
)


@settings(max_examples=sized(20, 60), deadline=None)
@given(
    tables=st.dictionaries(
        st.sampled_from(sorted(TABLES)), st.lists(columns | values, max_size=4), max_size=5
    ),
    children=st.lists(nodes, max_size=4),
)
def test_any_rows_are_read_without_an_exception(
    tmp_path_factory: pytest.TempPathFactory, tables: dict[str, Any], children: list[Any]
) -> None:
    tables["posts"] = [
        *tables.get("posts", []),
        ghost_export.post(lexical=ghost_export.lexical(*children)),
    ]
    file = ghost_export.write(tmp_path_factory.getbasetemp(), **tables)
    for record in _read(file):
        assert record is not None


@settings(max_examples=sized(50, 150), deadline=None)
@given(content=st.binary(max_size=300), cut=st.integers(0, 400), at=st.integers(0, 400))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, cut: int, at: int
) -> None:
    export = ghost_export.write(tmp_path_factory.getbasetemp(), posts=[ghost_export.post()])
    sound = export.read_bytes()
    file = tmp_path_factory.getbasetemp() / "damaged.json"
    for damaged in (content, sound[:cut], sound[:at] + content + sound[at + cut :]):
        file.write_bytes(damaged)
        try:
            _read(file)
        except Unreadable:
            continue
