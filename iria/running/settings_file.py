"""`.env`, read the way the settings read it, so both agree on DATABASE_URL and IRIA_STATE."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from iria.running.telling import StartError

_LINE = re.compile(r"(?:export )?([A-Za-z_0-9]+)=(.*)")
_QUOTED = re.compile(r"""(['"])(.*)\1""")


def read(path: Path) -> dict[str, str]:
    """The values a file names; no file, no values. Quotes around a value fall away."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as mistake:
        raise StartError(f"{path} is not a text in UTF-8; save it as one.") from mistake
    found = {}
    for line in text.splitlines():
        if named := _LINE.fullmatch(line):
            value = named[2]
            quoted = _QUOTED.fullmatch(value)
            if quoted and quoted[1] == '"':
                value = re.sub(r"\\([^rnt])", r"\1", quoted[2])
            elif quoted:
                value = quoted[2]
            found[named[1]] = value
    return found


def environment(project: Path, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The settings in force: the process's environment, and below it the file's."""
    return {**read(project / ".env"), **(os.environ if given is None else given)}
