"""What the declaration of an article's field says; the declarations are `ARTICLE_FIELDS` in `article.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto


class FormGroup(Enum):
    """The groups of the article form, in their order."""

    HEAD = auto()
    LEAD_IMAGE = auto()
    TEXT = auto()
    PUBLISHING = auto()
    DETAILS = auto()
    SEARCH = auto()
    COMMENTS = auto()
    READ_NEXT = auto()
    REPUBLISHING = auto()


class StoredPages(Enum):
    """Which stored pages an edit of a field of a published article concerns."""

    ALL = auto()
    """Public lists are filtered or ordered by it."""
    WITH_CARD = auto()
    """Those that show the article, or its card."""
    WITH_TEXT = auto()
    """Its own page and full feeds; cards do not load it."""


@dataclass(frozen=True, slots=True)
class FieldDeclaration:
    """A field that editors write.

    Its place and control in the form, its label in the form and the history, and what else follows from it.
    Revisions, exports and imports hold every field, without anything said here.
    """

    name: str
    """The name of the field of `Article`; for a relation, its key in `versions.content.Content`."""
    group: FormGroup
    label: str = ""
    """Empty: the verbose name of the field."""
    full_label: str = ""
    """In the history and in messages, where the group is not beside it; empty: the label."""
    control: Mapping[str, object] = field(default_factory=dict)
    """HTML attributes of its control; with `rows`, it has several lines. `data-count` counts characters."""
    stored_pages: StoredPages = StoredPages.ALL
    api: str = ""
    """Its description as a field of the content API; empty: it is no field of its own there."""
    is_relation: bool = False
    """Rows of other tables, with a field in the form that `ArticleForm` declares."""
    form_name: str = ""
    """In the form, if it has another name there."""

    @property
    def name_in_form(self) -> str:
        return self.form_name or self.name
