"""Loads all demo content, in the order of its dependencies."""

from collections.abc import Callable
from dataclasses import dataclass, field

from iria.core.db.row_origins import RowOrigins
from iria.demo.loading import articles, comments, images, newsletters, people, site

COLLECTION = "demo"
EDITOR_GONE = "The demo editor's account was deleted, so nothing is loaded in its name; remove the demo first."


@dataclass(slots=True)
class Loaded:
    """The result of a load, for the output of the command."""

    new: dict[str, int] = field(default_factory=dict)
    password: str = ""
    """The password of the demo editor, if it was generated."""
    made_editor: bool = False
    remarks: list[str] = field(default_factory=list)


def load(password: str, *, report_progress: Callable[[str], None]) -> Loaded:
    """Loads everything that was not loaded before; idempotent.

    Args:
        password: for the demo editor; a random one if empty.
        report_progress: called with messages about progress, since the images take some seconds.
    """
    origins = RowOrigins(COLLECTION)
    loaded = Loaded()
    loaded.made_editor = people.EDITOR not in origins
    editor, loaded.password = people.load_editor(origins, password)
    loaded.made_editor &= people.EDITOR in origins
    if editor is None:
        loaded.remarks.append(EDITOR_GONE)
        return loaded
    loaded.new["authors"] = people.load_authors(origins)
    loaded.new["sections"] = site.load_publication(origins) + site.load_categories(origins)
    loaded.new["pages"] = site.load_pages(origins)
    if missing := images.missing(origins):
        report_progress(f"Uploading {len(missing)} images.")
    loaded.new["images"] = images.load(origins, by=editor)
    people.load_portraits(origins)
    loaded.new["articles"] = articles.load(origins, by=editor)
    loaded.new["comments"] = comments.load(origins, editor=editor)
    comments.load_views(origins)
    loaded.new["letters"], remark = newsletters.load(origins, by=editor)
    if remark:
        loaded.remarks.append(remark)
    return loaded
