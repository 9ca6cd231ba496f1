"""Encryption of backups in the format of age (docs/decisions/backups.md), so that `age` decrypts them too."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import pyrage  # type: ignore[import-untyped]  # it has no types
from pyrage import x25519

from iria.operations.backup import BackupError

SECRET_PREFIX: Final = "AGE-SECRET-KEY-1"  # noqa: S105 - the beginning of every one
SUFFIX: Final = ".age"
"""The suffix of encrypted files."""

Stream = Any
"""Anything with `read` or `write`: pyrage has no types."""


class _Target:
    """Passes everything on, and remembers an error: pyrage ignores one of its last write."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return int(self._stream.write(data))
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._stream.flush()

    def raise_error(self) -> None:
        if self.error:
            raise self.error


class WrongKey(BackupError):
    """The key does not decrypt the backup."""


@dataclass(frozen=True, slots=True)
class Key:
    """With the public key alone, backups can be made, but not read."""

    recipient: str
    """The public key, such as age1…"""
    identity: str = ""
    """The secret key, such as AGE-SECRET-KEY-1…; empty if it is kept elsewhere."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Raises:
            ValueError: it is neither a public nor a secret key of age.
        """
        text = text.strip()
        try:
            if text.upper().startswith(SECRET_PREFIX):
                return cls(str(x25519.Identity.from_str(text).to_public()), text)
            x25519.Recipient.from_str(text)
        except (pyrage.IdentityError, pyrage.RecipientError) as error:
            # The text may be a secret with a typo, so the error does not repeat it.
            raise ValueError("not a key of age") from error
        return cls(text)

    @classmethod
    def read(cls, file: Path) -> Self:
        """The key in a file, as `age-keygen` writes it."""
        try:
            lines = file.read_text().splitlines()
            (key,) = (line for line in lines if line.strip() and not line.startswith("#"))
            return cls.parse(key)
        except OSError as error:
            raise BackupError(f"The key file {file} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise BackupError(
                f"The file {file} should contain one key of age, which begins with {SECRET_PREFIX}."
            ) from error

    def encrypt(self, source: Stream, target: Stream) -> None:
        recipient = x25519.Recipient.from_str(self.recipient)
        checked = _Target(target)
        try:
            pyrage.encrypt_io(source, checked, [recipient])
        except pyrage.EncryptError as error:
            checked.raise_error()
            raise OSError(str(error)) from error
        checked.raise_error()

    def decrypt(self, source: Stream, target: Stream) -> None:
        """
        Raises:
            WrongKey
            OSError: the file is damaged, or cannot be read or written.
        """
        if not self.identity:
            raise WrongKey(
                "BACKUP_KEY is a public key, which cannot read backups: name the file of the secret key "
                "with --key."
            )
        checked = _Target(target)
        try:
            pyrage.decrypt_io(source, checked, [x25519.Identity.from_str(self.identity)])
        except pyrage.DecryptError as error:
            checked.raise_error()
            if "matching key" in str(error):
                raise WrongKey(
                    "The key is not the one with which the backup was encrypted."
                ) from error
            raise OSError(str(error)) from error
        checked.raise_error()


def new_key() -> Key:
    identity = x25519.Identity.generate()
    return Key(str(identity.to_public()), str(identity))
