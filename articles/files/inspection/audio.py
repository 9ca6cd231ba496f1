"""An audio file: its duration, and the removal of its tags."""

from pathlib import Path
from typing import Any, Final

from tinytag import TinyTag, TinyTagException

from articles.files.inspection import audio_tags
from articles.files.inspection.file_types import BROKEN, M4A, NO_SOUND, VIDEO, FileType, Unfit

SHORTEST: Final = 0.05
"""Seconds. Shorter than any sound that is worth an upload."""
LONGEST: Final = 7 * 24 * 3600


def clean(path: Path, file_type: FileType) -> dict[str, Any]:
    """Reads the file and removes its tags in place.

    Raises Unfit for a file without sound.
    """
    tags = _read(path)
    if tags.duration is None or not SHORTEST <= tags.duration <= LONGEST:
        raise Unfit(NO_SOUND)
    try:
        if file_type is M4A and audio_tags.has_video(path):
            raise Unfit(VIDEO)
        audio_tags.remove(path, file_type)
    except (ValueError, IndexError) as error:
        raise Unfit(BROKEN) from error
    return {
        "duration": max(1, round(tags.duration)),
        "title": tags.title or "",
        "author": tags.artist or tags.albumartist or "",
        "removed": [],
    }


def _read(path: Path) -> TinyTag:
    try:
        return TinyTag.get(path)
    except TinyTagException as error:
        raise Unfit(BROKEN) from error
