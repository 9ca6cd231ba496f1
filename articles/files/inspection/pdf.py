"""A PDF: its number of pages, and a copy without scripts, actions, attached files and metadata.

Nothing that only a program reads is kept, because a reader of the site opens the file in a program of
their own. Only what can be reached after the removal is copied.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from articles.files.inspection.file_types import BROKEN, ENCRYPTED, NO_PAGES, Unfit

END_LENGTH: Final = 4096
"""Where the end mark must be: some programs write a few bytes after it."""

SCRIPTS: Final = "scripts and automatic actions"
ATTACHMENTS: Final = "attached files and media"

_ACTIONS: Final = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Thread"}
    | {"/Rendition", "/Movie"}
    | {"/Sound", "/RichMediaExecute", "/ResetForm", "/Hide", "/SetOCGState", "/Trans"}
)
"""Types of action that do more than show a page of the document or open a link."""
_ANNOTATIONS: Final = frozenset(
    {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
)
_REMOVED_KEYS: Final = {
    "/OpenAction": SCRIPTS,
    "/AA": SCRIPTS,
    "/JS": SCRIPTS,
    "/JavaScript": SCRIPTS,
    "/XFA": SCRIPTS,
    "/EmbeddedFiles": ATTACHMENTS,
    "/EF": ATTACHMENTS,
    "/AF": ATTACHMENTS,
    "/Collection": ATTACHMENTS,
    # Metadata is always removed and not mentioned.
    "/Metadata": "",
    "/PieceInfo": "",
    "/LastModified": "",
}
_OUTSIDE_KEYS: Final = ("/F", "/FFilter", "/FDecodeParms", "/Ref")
"""Of a stream: its content is in another file."""
_OPENS_A_PAGE: Final = frozenset({"/GoTo"})


def clean(path: Path, target: Path) -> dict[str, Any]:
    """Writes the cleaned copy. Raises Unfit for a file that is no complete, open PDF."""
    _check_end(path)
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted:
            raise Unfit(ENCRYPTED)
        pages = len(reader.pages)
        if not pages:
            raise Unfit(NO_PAGES)
        title, author = _info(reader)
        removed = _remove(reader)
        writer = PdfWriter(clone_from=reader)
        writer.metadata = None
        if title:
            writer.add_metadata({"/Title": title})
        # pypdf writes each number and each name alone.
        with target.open("wb", buffering=1024 * 1024) as file:
            writer.write(file)
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise Unfit(BROKEN) from error
    except RecursionError as error:
        raise Unfit(BROKEN) from error
    return {"pages": pages, "title": title, "author": author, "removed": sorted(removed)}


def _check_end(path: Path) -> None:
    """A file that was cut off has no end mark."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - END_LENGTH))
        if b"%%EOF" not in file.read():
            raise Unfit(BROKEN)


def _info(reader: PdfReader) -> tuple[str, str]:
    info = reader.metadata
    if info is None:
        return "", ""
    return str(info.title or ""), str(info.author or "")


def _remove(reader: PdfReader) -> set[str]:
    """Removes it from the objects of the reader; returns what it was."""
    removed: set[str] = set()
    for each in _reachable(reader):
        if isinstance(annotations := _value(each, "/Annots"), ArrayObject):
            _remove_annotations(annotations, removed)
        for key, name in _REMOVED_KEYS.items():
            if key in each and not (key == "/OpenAction" and _is_harmless(each[key])):
                del each[key]
                removed.add(name)
        if isinstance(each, StreamObject):
            for key in _OUTSIDE_KEYS:
                each.pop(key, None)
        elif _value(each, "/S") in _ACTIONS and _value(each, "/Type") != "/StructElem":
            each.clear()
            removed.add(SCRIPTS)
    return removed - {""}


def _value(dictionary: DictionaryObject, key: str) -> Any:
    """The value, also if it is an object of its own; None if there is none."""
    value = dictionary.get(key)
    return value.get_object() if isinstance(value, IndirectObject) else value


def _is_harmless(action: Any) -> bool:
    """Whether what happens on opening only shows a certain page."""
    if isinstance(action, ArrayObject):
        return True
    return isinstance(action, DictionaryObject) and _value(action, "/S") in _OPENS_A_PAGE


def _remove_annotations(array: ArrayObject, removed: set[str]) -> None:
    kept = [each for each in array if not _is_medium(each)]
    if len(kept) < len(array):
        array.clear()
        array.extend(kept)
        removed.add(ATTACHMENTS)


def _is_medium(item: Any) -> bool:
    found = item.get_object() if isinstance(item, IndirectObject) else item
    return isinstance(found, DictionaryObject) and _value(found, "/Subtype") in _ANNOTATIONS


def _reachable(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary below the root, each once; what was removed is not followed."""
    waiting: list[Any] = [reader.trailer["/Root"]]
    known: set[int] = set()
    seen: set[tuple[int, int]] = set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            number = (item.idnum, item.generation)
            if number in seen:
                continue
            seen.add(number)
            item = item.get_object()
        if not isinstance(item, (ArrayObject, DictionaryObject)) or id(item) in known:
            continue
        known.add(id(item))
        if isinstance(item, DictionaryObject):
            yield item
        waiting += item if isinstance(item, ArrayObject) else list(item.values())
