"""Files of a backup: encryption, checksums, links to the backup before, storage of media."""

import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, Storage

from articles.images.s3_storage import Bucket
from iria.operations.backup import BackupError, files
from iria.operations.backup.files import CHECKSUMS, Line, Previous
from iria.operations.backup.keys import Key, WrongKey, new_key
from tests.articles.images.small_bucket import small_bucket

KEY = new_key()


def backup_of(
    storage: Storage, folder: Path, key: Key | None, previous: Previous | None = None
) -> list[Line]:
    lines = list(files.copy_media(storage, folder, key, previous))
    files.write_lines(folder / CHECKSUMS, lines)
    return lines


@pytest.fixture
def storage(tmp_path: Path) -> FileSystemStorage:
    # In this order: whole names are sorted, not folder by folder.
    for name in ("a-b/1", "a.jpg", "a.jpg-2", "a/1", "a/2", "ab"):
        file = tmp_path / "media" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode() * 50_000)
    return FileSystemStorage(tmp_path / "media")


def test_files_are_listed_in_the_order_of_their_names(storage: FileSystemStorage) -> None:
    names = [file.name for file in files.stored_files(storage)]
    assert names == sorted(names)
    assert len(names) == 6


@pytest.mark.parametrize("key", [KEY, None], ids=["encrypted", "not encrypted"])
def test_only_changed_files_are_copied_again(
    storage: FileSystemStorage, tmp_path: Path, key: Key | None
) -> None:
    first = backup_of(storage, tmp_path / "1", key)
    Path(storage.path("a.jpg")).write_bytes(b"changed")
    os.utime(storage.path("a.jpg"), ns=(1, 1))
    Path(storage.path("a/2")).unlink()
    second = backup_of(storage, tmp_path / "2", key, Previous(tmp_path / "1", key))
    linked = [
        line.name
        for line in second
        if (tmp_path / "2" / line.name).samefile(tmp_path / "1" / line.name)
    ]
    suffix = ".age" if key else ""
    assert linked == [f"media/{name}{suffix}" for name in ("a-b/1", "a.jpg-2", "a/1", "ab")]
    assert len(first) == 6
    assert len(second) == 5
    assert list(files.problems(tmp_path / "2")) == []


@pytest.mark.parametrize("key", [KEY, None], ids=["encrypted", "not encrypted"])
def test_media_are_restored_unchanged(
    storage: FileSystemStorage, tmp_path: Path, key: Key | None
) -> None:
    backup_of(storage, tmp_path / "backup", key)
    damaged = Path(storage.path("a.jpg"))
    content, modified = damaged.read_bytes(), damaged.stat().st_mtime_ns
    damaged.write_bytes(b"x" * len(content))
    Path(storage.path("a/1")).unlink()
    assert list(files.restore_media(storage, tmp_path / "backup", key)) == ["a.jpg", "a/1"]
    assert (damaged.read_bytes(), damaged.stat().st_mtime_ns) == (content, modified)


def test_media_are_restored_from_one_bucket_to_another(tmp_path: Path) -> None:
    with small_bucket() as server, small_bucket() as other:
        bucket = Bucket(**server.options)
        for name in ("originals/1.jpg", "files/2.pdf"):
            bucket.save(name, io.BytesIO(name.encode()))
        lines = backup_of(bucket, tmp_path / "1", KEY)
        assert [line.name for line in lines] == [
            "media/files/2.pdf.age",
            "media/originals/1.jpg.age",
        ]
        backup_of(bucket, tmp_path / "2", KEY, Previous(tmp_path / "1", KEY))
        assert all((tmp_path / "2" / name).samefile(tmp_path / "1" / name) for name, _ in lines)
        empty = Bucket(**other.options)
        assert len(list(files.restore_media(empty, tmp_path / "2", KEY))) == 2
        assert list(files.restore_media(empty, tmp_path / "2", KEY)) == []
        with empty.open("files/2.pdf") as file:
            assert file.read() == b"files/2.pdf"


def test_a_file_of_another_key_cannot_be_read() -> None:
    encrypted = io.BytesIO()
    new_key().encrypt(io.BytesIO(b"secret"), encrypted)
    with pytest.raises(WrongKey):
        KEY.decrypt(io.BytesIO(encrypted.getvalue()), io.BytesIO())
    with pytest.raises(WrongKey, match="--key"):
        Key(KEY.recipient).decrypt(io.BytesIO(encrypted.getvalue()), io.BytesIO())


def test_a_truncated_encrypted_file_is_damaged() -> None:
    encrypted = io.BytesIO()
    KEY.encrypt(io.BytesIO(b"secret" * 50_000), encrypted)
    for length in (10, 100, 200_000):
        with pytest.raises(OSError, match=r"."):
            KEY.decrypt(io.BytesIO(encrypted.getvalue()[:length]), io.BytesIO())


def test_a_key_is_read_from_a_file_of_age_keygen(tmp_path: Path) -> None:
    file = tmp_path / "key.txt"
    file.write_text(f"# created: now\n# public key: {KEY.recipient}\n{KEY.identity}\n")
    assert Key.read(file) == KEY
    file.write_text("")
    with pytest.raises(BackupError):
        Key.read(file)
    with pytest.raises(BackupError):
        Key.read(tmp_path)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "media/../../secret", ""])
def test_a_list_that_leads_out_of_the_backup_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / CHECKSUMS).write_text(f"{'0' * 64}  {name}\n")
    with pytest.raises(BackupError):
        list(files.read_checksums(tmp_path))


@pytest.mark.parametrize("target", ["/dev/zero", "../../secret", "/"])
def test_a_link_in_a_backup_is_not_followed(target: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("A key")
    (tmp_path / "backup" / "media").mkdir(parents=True)
    (tmp_path / "backup" / "media" / "a.jpg").symlink_to(target)
    digest = files.checksum(tmp_path / "secret")
    (tmp_path / "backup" / CHECKSUMS).write_text(f"{digest}  media/a.jpg\n")
    assert len(list(files.problems(tmp_path / "backup"))) == 1


def test_a_full_disk_leaves_no_part_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Any, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.HashedWriter, "write", fail)
    for key in (KEY, None):
        with pytest.raises(OSError, match="No space"):
            files.write(io.BytesIO(b"x"), tmp_path / "file", key)
    assert list(tmp_path.iterdir()) == []
