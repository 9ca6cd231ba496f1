"""Backups of the whole publication, database and media; how they are restored, and the drill that proves it."""


class BackupError(Exception):
    """A backup cannot be made, read or restored; the message is a sentence for the administrator."""
