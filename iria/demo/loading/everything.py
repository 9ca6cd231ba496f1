"""Loading the whole newsroom, in the order in which its parts need each other."""

from collections.abc import Callable
from dataclasses import dataclass, field

from iria.core.db.row_origins import RowOrigins
from iria.demo.loading import front, images, letters, people, readers, texts

COLLECTION = "demo"
EDITOR_GONE = "The demo editor's account was deleted, so nothing is loaded in its name; remove the demo first."


@dataclass(slots=True)
class Loaded:
    """What a load came to, in words for whoever started it."""

    new: dict[str, int] = field(default_factory=dict)
    password: str = ""
    """Of the demo editor, where it was made at random and has to be told."""
    made_editor: bool = False
    remarks: list[str] = field(default_factory=list)


def load(password: str, *, say: Callable[[str], None]) -> Loaded:
    """Loads what was not loaded before. A second time changes nothing.

    Args:
        password: for the demo editor; where empty, one is made at random.
        say: is told what is being done, since the images take some seconds.
    """
    marks = RowOrigins(COLLECTION)
    loaded = Loaded()
    loaded.made_editor = people.EDITOR not in marks
    editor, loaded.password = people.load_editor(marks, password)
    loaded.made_editor &= people.EDITOR in marks
    if editor is None:
        loaded.remarks.append(EDITOR_GONE)
        return loaded
    loaded.new["authors"] = people.load_authors(marks)
    loaded.new["sections"] = front.load_publication(marks) + front.load_categories(marks)
    loaded.new["pages"] = front.load_pages(marks)
    if missing := images.missing(marks):
        say(f"Uploading {len(missing)} images.")
    loaded.new["images"] = images.load(marks, by=editor)
    people.load_portraits(marks)
    loaded.new["articles"] = texts.load(marks, by=editor)
    loaded.new["comments"] = readers.load(marks, editor=editor)
    readers.load_openings(marks)
    loaded.new["letters"], remark = letters.load(marks, by=editor)
    if remark:
        loaded.remarks.append(remark)
    return loaded
