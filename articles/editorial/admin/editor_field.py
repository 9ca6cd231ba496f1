"""The text of an article in a form: an editor with JavaScript, plain HTML without.

Also the image details that the editor shows.
"""

from functools import cache
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.templatetags.static import static
from js_asset import ImportMap, Media

from articles.body.captions import clean_caption
from articles.body.registry import editor_scripts
from articles.body.sanitiser import clean
from articles.editorial.models.article import BODY_MAX_LENGTH
from articles.images.admin.details import Details, details_of
from articles.images.models import Image
from iria.core.http.urls import parse_id
from iria.core.text.languages import RIGHT_TO_LEFT
from iria.core.text.validators import validate_storable
from iria.publication.models import Publication

MAX_IMAGES = 200


def details_by_id(ids: list[str], publication: Publication) -> dict[str, Details]:
    """Id → details of the images that are in the library, in one query."""
    keys = set(filter(None, map(parse_id, ids[:MAX_IMAGES])))
    found = Image.objects.for_grid().filter(pk__in=keys)
    return {str(image.pk): details_of(image, publication) for image in found}


MODULES: Final = (
    *("asides", "bubble", "entries", "extensions", "figure", "find", "link", "lists", "marks"),
    *("pasted-html", "pasting", "picture", "popup", "slash", "toolbar", "uploads"),
)
"""Modules of the editor that others import."""

SHARED_MODULES: Final = ("form-values", "image-details", "library-dialog", "ordered-list")
"""Modules of the article form that its scripts import."""


@cache
def editor_media() -> Media:
    """Scripts and styles of the editor, with the extensions of all blocks. Apps register theirs before."""
    return Media(
        # The scripts import each other by these names, so that each can have a hashed URL.
        importmap=ImportMap(
            {
                "django-prose-editor/editor": "django_prose_editor/editor.js",
                **{f"editor/{name}": f"iria_admin/editor/{name}.js" for name in MODULES},
                **{f"iria-admin/{name}": f"iria_admin/{name}.js" for name in SHARED_MODULES},
            }
        ),
        css={
            "all": [
                "django_prose_editor/editor.css",
                "iria_admin/images.css",
                "iria_admin/editor.css",
                "iria_admin/editor-tools.css",
                "iria_admin/image-details.css",
            ]
        },
        # Blocks register with the editor when they are loaded, so in this order.
        js=[
            forms.Script(path, type="module")
            for path in ("iria_admin/images.js", *editor_scripts(), "iria_admin/editor/setup.js")
        ],
    )


class EditorWidget(forms.Textarea):
    """A text area that `static/iria_admin/editor/setup.js` turns into an editor."""

    def __init__(self, kind: str, *, rows: int, label: str) -> None:
        super().__init__({"data-editor": kind, "rows": rows, "aria-label": label})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # The script cannot know the hashed URL.
        for_scripts = {
            "data-icons": static("iria_admin/icons.svg"),
            "data-longest": BODY_MAX_LENGTH,
            "data-right-to-left": " ".join(RIGHT_TO_LEFT),
        }
        return super().get_context(name, value, {**for_scripts, **(attrs or {})})

    @property
    def media(self) -> forms.Media:
        media: forms.Media = editor_media()
        return media


class BodyField(forms.CharField):
    """The text as sanitised HTML; too long a text is refused."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", EditorWidget("body", rows=30, label="Text"))
        super().__init__(required=False, strip=True, validators=[validate_storable], **options)

    def clean(self, value: Any) -> str:
        cleaned = clean(self.validated(value))
        _validate_length(cleaned)
        return cleaned

    def validated(self, value: Any) -> str:
        """The text as it was sent, for a caller that sanitises it."""
        text: str = super().clean(value)
        _validate_length(text)
        return text

    def has_changed(self, initial: Any, data: Any) -> bool:
        """The same text in different markup is no change."""
        if (data or "").strip() == (initial or "").strip():
            return False
        return len(data or "") > BODY_MAX_LENGTH or clean(data or "") != (initial or "")


class CaptionField(forms.CharField):
    """A caption: text, emphasis and links on one line."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", EditorWidget("caption", rows=3, label="Caption"))
        super().__init__(required=False, max_length=2000, validators=[validate_storable], **options)

    def clean(self, value: Any) -> str:
        return clean_caption(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return clean_caption(data or "") != (initial or "")


def _validate_length(text: str) -> None:
    if len(text) > BODY_MAX_LENGTH:
        raise ValidationError(
            f"The text has {len(text):,} characters; the maximum is {BODY_MAX_LENGTH:,}. "
            "Split it into two articles.",
            code="max_length",
        )
