"""The whole publication is exported as open files, and imported again without a difference."""

import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial.models import Article, Redirect
from articles.images.library import ingest
from iria.publication.models import Publication
from iria.transfer.site import kinds
from iria.transfer.site.exporting import article_files
from iria.transfer.site.folder import CHECKSUMS, MANIFEST, Reader, Rejected
from iria.transfer.site.importing import import_site
from iria.transfer.site.kinds import Kind
from iria.transfer.site.tables import Table, tables, undecided
from newsletter.models import Newsletter, Subscriber
from tests import newsroom
from tests.clean_database import CleanDatabase
from tests.proofs.size import sized

SECRETS: Final = ("guest@readers.example", "ola@readers.example", "list@readers.example")
NOT_PUBLIC: Final = ("Ola Lind", "Lista Reader", "Not Yet Approved", "edna@meridian.example")


@dataclass(frozen=True)
class Exports:
    whole: Path
    public: Path
    secrets: list[str]
    """Tokens, and the hash of a password."""


@pytest.fixture(scope="module")
def exports(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Exports:
    """Exports of a small newsroom, with and without personal data; the database is empty again."""
    folder = tmp_path_factory.mktemp("exports")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder / "media"):
        database = CleanDatabase()
        try:
            secrets = _newsroom()
            call_command("export_site", folder / "whole", personal_data=True, verbosity=0)
            call_command("export_site", folder / "public", verbosity=0)
        finally:
            database.restore()
    return Exports(folder / "whole", folder / "public", secrets)


def _newsroom() -> list[str]:
    edna = User.objects.create_user("edna@meridian.example", "a-password-of-hers", is_staff=True)
    ola = User.objects.create_user(SECRETS[1], "a-password-of-hers", display_name=NOT_PUBLIC[0])
    image = ingest.ingest(newsroom.picture_file(), by=edna)
    image.credit = "Ines Faro"
    image.alt_text = "A harbour"
    image.save()
    article = newsroom.published(
        "Ferries – on time",
        body=f'<p>One &amp; <em>two</em>.</p><figure data-image="{image.pk}"><figcaption>In port</figcaption></figure>',
        lead_image=image,
        authors=[newsroom.author("Ines Faro")],
        categories=[newsroom.category("Asia")],
        tags=["Straits"],
        by=edna,
    )
    newsroom.draft("A draft", by=edna)
    first = Comment.objects.create(
        article=article, name="Teo", email=SECRETS[0], text="Words.", state="approved"
    )
    Comment.objects.create(
        article=article, parent=first, user=ola, name="Ola", text="An answer.", state="approved"
    )
    Comment.objects.create(article=article, name=NOT_PUBLIC[2], text="Hidden words.", state="held")
    Redirect.objects.create(old_path="old/path", article=article)
    subscriber = Subscriber.objects.create(email=SECRETS[2], name=NOT_PUBLIC[1])
    subscriber.subscriptions.create(newsletter=Newsletter.objects.all()[0])
    return [subscriber.token, edna.password, ola.password]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }


def test_of_every_model_and_column_it_is_decided_whether_it_leaves_the_site() -> None:
    assert undecided() == [], "Decide in iria/transfer/site/kinds.py what leaves the site."


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        (Kind("users", "accounts.User", only_personal=True), ["password"]),
        (Kind("series", "articles.Series"), []),
        (Kind("synonyms", "articles.Synonyms"), ["modified_by_id"]),
        (Kind("newsletters", "newsletter.Newsletter"), ["from_email", "reply_to"]),
        (Kind("series", "articles.Series", "id name"), ["created_at"]),
    ],
)
def test_columns_with_secrets_or_people_and_those_left_out_of_a_list_need_a_decision(
    kind: Kind, columns: list[str]
) -> None:
    assert [each.name for each in Table(kind).undecided] == columns


def test_rows_that_are_always_exported_refer_to_no_row_that_is_not() -> None:
    exported = {kind.model: kind for kind in kinds.KINDS}
    lost = [
        f"{table.kind.name}.{column.name}"
        for table in tables()
        for column in table.columns(personal_data=table.kind.only_personal)
        if (model := column.field.related_model) and not column.named
        if (kind := exported.get(model._meta.label)) is None
        or (kind.only_personal and not table.kind.only_personal)
    ]
    assert lost == []


def test_columns_that_name_people_are_not_exported_without_personal_data() -> None:
    assert [
        f"{table.kind.name}.{column.name}"
        for table in tables()
        if not table.kind.only_personal
        for column in table.public
        if column.field.related_model is User
    ] == []


@pytest.mark.parametrize("name", ["whole", "public"])
def test_every_row_follows_the_schema_beside_it(exports: Exports, name: str) -> None:
    folder: Path = getattr(exports, name)
    for file in (folder / "data").iterdir():
        schema = json.loads((folder / "schemas" / f"{file.stem}.schema.json").read_text())
        validator = jsonschema_rs.validator_for(schema, validate_formats=True)
        for line in file.read_text().splitlines():
            validator.validate(json.loads(line))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("personal_data", [True, False])
def test_an_import_restores_the_export_exactly(
    exports: Exports, tmp_path: Path, personal_data: bool
) -> None:
    source = exports.whole if personal_data else exports.public
    call_command("import_site", source, verbosity=0)
    call_command("export_site", tmp_path / "again", personal_data=personal_data, verbosity=0)
    assert contents(tmp_path / "again") == contents(source)
    assert newsroom.draft("Another one").pk > Article.objects.get(headline="A draft").pk


@pytest.mark.django_db(transaction=True)
def test_imported_accounts_have_no_password_and_subscribers_new_tokens(exports: Exports) -> None:
    call_command("import_site", exports.whole, verbosity=0)
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert Subscriber.objects.get().token not in ["", *exports.secrets]


def test_without_personal_data_no_file_names_a_reader(exports: Exports) -> None:
    for path, content in contents(exports.public).items():
        for secret in (*SECRETS, *NOT_PUBLIC, "Hidden words", *exports.secrets):
            assert secret.encode() not in content, path
    assert b"Teo" in (exports.public / "data/comments.jsonl").read_bytes()


def test_no_file_holds_a_password_or_a_token(exports: Exports) -> None:
    for path, content in contents(exports.whole).items():
        for secret in exports.secrets:
            assert secret.encode() not in content, path


def test_an_article_is_readable_as_html_and_as_markdown(exports: Exports) -> None:
    [page] = exports.public.glob("articles/*/*/*.html")
    html, markdown = page.read_text(), page.with_suffix(".md").read_text()
    [image] = (exports.public / "media").rglob("*.jpg")
    source = os.path.relpath(image, page.parent)
    assert f'<img src="{source}" alt="A harbour"' in html
    assert "In port" in html
    assert "Ines Faro" in html
    assert f"![A harbour]({source})" in markdown
    assert "One & *two*." in markdown
    assert 'title: "Ferries – on time"' in markdown.splitlines()


@pytest.mark.django_db
def test_the_date_of_an_article_is_that_of_the_publication() -> None:
    Publication.objects.update_or_create(pk=1, defaults={"time_zone": "Asia/Tokyo"})
    newsroom.published(at=datetime(2026, 3, 31, 20, tzinfo=UTC))
    files = dict(article_files())
    [html] = [text for path, text in files.items() if path.endswith(".html")]
    assert ">2026-04-01</time>" in html


@pytest.mark.django_db
def test_a_folder_with_files_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(CommandError):
        call_command("export_site", tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]


@pytest.mark.django_db(transaction=True)
def test_an_export_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_options: Any) -> str:
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(Table, "select", fail)
    with pytest.raises(CommandError):
        call_command("export_site", tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


# What somebody did to the folder.


@pytest.fixture
def folder(exports: Exports, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exports.whole, tmp_path / "export"))


def seal(folder: Path) -> None:
    """Makes checksums and manifest fit the files, as an attacker would."""
    files = {
        path: value for path, value in contents(folder).items() if path not in (MANIFEST, CHECKSUMS)
    }
    lines = "".join(f"{sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    (folder / CHECKSUMS).write_text(lines)
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest |= {"files": len(files), "checksums": sha256(lines.encode()).hexdigest()}
    (folder / MANIFEST).write_text(json.dumps(manifest))


def change_manifest(folder: Path, **values: Any) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def change_row(folder: Path, kind: str, **values: Any) -> None:
    """Changes the first row of a file."""
    path = folder / "data" / f"{kind}.jsonl"
    first, *others = path.read_text().splitlines()
    row = json.dumps(json.loads(first) | values, cls=DjangoJSONEncoder)
    path.write_text("\n".join([row, *others, ""]))
    seal(folder)


def refused(folder: Path) -> str:
    """The sentence; nothing may have been written."""
    with pytest.raises(CommandError) as error:
        call_command("import_site", folder, verbosity=0)
    assert not Article.objects.exists()
    assert not User.objects.exists()
    return str(error.value)


def remove_column(folder: Path, *, also_in_schema: bool) -> None:
    """As a release from before the column `comments_open` would have written it."""
    data, schema = folder / "data/articles.jsonl", folder / "schemas/articles.schema.json"
    rows = [json.loads(line) for line in data.read_text().splitlines()]
    for row in rows:
        del row["comments_open"]
    data.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    if also_in_schema:
        described = json.loads(schema.read_text())
        del described["properties"]["comments_open"]
        schema.write_text(json.dumps(described))
    seal(folder)


@pytest.mark.django_db
def test_a_column_that_an_older_release_did_not_have_gets_its_default(folder: Path) -> None:
    remove_column(folder, also_in_schema=True)
    call_command("import_site", folder, verbosity=0)
    assert set(Article.objects.values_list("comments_open", flat=True)) == {True}


@pytest.mark.django_db
def test_models_and_permissions_are_known_by_the_names_of_an_older_release(folder: Path) -> None:
    path = folder / "data/group_permissions.jsonl"
    rows = path.read_text()
    for now, name in {new: old for old, new in kinds.MOVED.items()}.items():
        rows = rows.replace(f'"{now}.', f'"{name}.')
    assert "iria.importrun.add_importrun" in rows
    path.write_text(rows)
    seal(folder)
    permissions = set(Group.permissions.through.objects.values_list("permission", flat=True))
    call_command("import_site", folder, verbosity=0)
    assert permissions == set(
        Group.permissions.through.objects.values_list("permission", flat=True)
    )


@pytest.mark.django_db
def test_a_column_that_rows_lack_against_their_own_schema_is_named(folder: Path) -> None:
    remove_column(folder, also_in_schema=False)
    assert "comments_open" in refused(folder)


@pytest.mark.django_db
@pytest.mark.parametrize("schema", ["", "[]", "{}", '{"properties": 5}'])
def test_a_damaged_schema_is_named(folder: Path, schema: str) -> None:
    (folder / "schemas/articles.schema.json").write_text(schema)
    seal(folder)
    assert "articles.schema.json" in refused(folder)


@pytest.mark.django_db
def test_a_database_with_an_account_is_refused(folder: Path, ola: User) -> None:
    with pytest.raises(CommandError):
        call_command("import_site", folder, verbosity=0)
    assert list(User.objects.all()) == [ola]


def _tampered_media(folder: Path) -> None:
    next((folder / "media").rglob("*.jpg")).write_bytes(b"something else")


def _missing_file(folder: Path) -> None:
    (folder / "data" / "articles.jsonl").unlink()


def _additional_file(folder: Path) -> None:
    (folder / "data" / "more.jsonl").write_text("{}\n")


def _symlink(folder: Path) -> None:
    media = next((folder / "media").rglob("*.jpg"))
    media.rename(folder.parent / "elsewhere.jpg")
    media.symlink_to(folder.parent / "elsewhere.jpg")


def _symlinked_folder(folder: Path) -> None:
    (folder / "data").rename(folder.parent / "data")
    (folder / "data").symlink_to(folder.parent / "data")


def _pipe(folder: Path) -> None:
    media = next((folder / "media").rglob("*.jpg"))
    media.unlink()
    os.mkfifo(media)


def _path_outside(folder: Path) -> None:
    (folder.parent / "secret").write_text("secret")
    line = f"{sha256(b'secret').hexdigest()}  ../secret\n"
    lines = line + (folder / CHECKSUMS).read_text()
    (folder / CHECKSUMS).write_text(lines)


TAMPERINGS: Final = (
    _tampered_media,
    _missing_file,
    _additional_file,
    _symlink,
    _symlinked_folder,
    _pipe,
    _path_outside,
)


@pytest.mark.django_db
@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_a_folder_that_was_tampered_with_is_refused(folder: Path, tamper: Any) -> None:
    tamper(folder)
    assert refused(folder)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"version": kinds.VERSION + 1},
        {"version": 0},
        {"format": "other"},
        {"counts": {"articles": 99}},
        {"counts": {"../articles": 1}},
        {"counts": {"users": "many"}},
        {"files": None},
        {"checksums": "0" * 64},
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(folder: Path, values: dict[str, Any]) -> None:
    change_manifest(folder, **values)
    assert refused(folder)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("articles", {"headline": 5}),
        ("articles", {"headline": "x" * 500}),
        ("articles", {"headline": "a\x00b"}),
        ("articles", {"is_admin": True}),
        ("articles", {"published_at": "yesterday"}),
        ("articles", {"kind_id": 999_999}),
        ("articles", {"id": 2**80}),
        ("articles", {"id": True}),
        ("users", {"password": "pbkdf2$mine"}),
        ("group_permissions", {"permission_id": "articles.article.become_king"}),
        ("images", {"original": "../../static/x.jpg"}),
        ("images", {"original": "originals/../../x.jpg"}),
        ("images", {"original": "/etc/passwd"}),
        ("images", {"original": "originals/2026/01/no-such-file.jpg"}),
    ],
)
def test_an_impossible_row_is_refused_with_its_file(
    folder: Path, kind: str, values: dict[str, Any], settings: Any
) -> None:
    change_row(folder, kind, **values)
    sentence = refused(folder)
    assert kind in sentence or any(str(each) in sentence for each in values.values())
    media = Path(settings.MEDIA_ROOT)
    assert [each for each in media.rglob("*") if each.is_file()] == []


@pytest.mark.django_db
@settings(max_examples=10)
@given(
    line=st.one_of(
        st.binary(max_size=60),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["id", "name", "slug", "x"]), inner, max_size=4)
            ),
            max_leaves=6,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_no_line_of_a_file_ends_in_a_traceback(exports: Exports, line: bytes) -> None:
    path = exports.whole / "data" / "tags.jsonl"
    saved = {name: (exports.whole / name).read_bytes() for name in (MANIFEST, CHECKSUMS)}
    tags = path.read_bytes()
    try:
        path.write_bytes(line.replace(b"\n", b" ") + b"\n")
        seal(exports.whole)
        with pytest.raises(Rejected):
            import_site(exports.whole, progress=lambda _step: None)
    finally:
        path.write_bytes(tags)
        for name, content in saved.items():
            (exports.whole / name).write_bytes(content)


@settings(max_examples=sized(16, 50))
@given(manifest=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_manifest_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, manifest: bytes
) -> None:
    folder = tmp_path_factory.mktemp("export")
    (folder / MANIFEST).write_bytes(manifest)
    with pytest.raises(Rejected):
        Reader(folder)
