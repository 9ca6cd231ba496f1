"""The answer of the child process: the properties of a file, and its cleaned copy.

Only `process` imports this, after it has set its limits: it loads pypdf and tinytag.
"""

import shutil
from pathlib import Path
from typing import Any

from articles.files.inspection import audio, pdf
from articles.files.inspection.file_types import HEAD_LENGTH, PDF, Unfit, rejection_of, type_of


def answer(path: Path, target: Path) -> dict[str, Any]:
    """Properties of the file; the cleaned copy is written to the target.

    `media_type`, `pages` or `duration` (seconds), `title`, `author`, and `removed`: what the copy
    lacks, as text. A file that is not accepted has only `refused`.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_LENGTH)
    found = type_of(head)
    if found is None:
        return {"refused": rejection_of(head)}
    try:
        if found is PDF:
            properties = pdf.clean(path, target)
        else:
            shutil.copyfile(path, target)
            properties = audio.clean(target, found)
    except Unfit as unfit:
        return {"refused": str(unfit)}
    return {"media_type": found.media_type, "pages": None, "duration": None, **properties}
