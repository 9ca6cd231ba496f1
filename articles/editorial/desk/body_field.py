"""The article's text in a form: an editor where there is JavaScript, its HTML where there is none."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from js_asset import ImportMap, Media

from articles.body.cleaning import clean, clean_caption
from articles.editorial.models.article import BODY_MAX_LENGTH
from iria.kit.text import refuse_unstorable

MODULES: Final = (
    *(
        "clicking",
        "embed",
        "footnote",
        "gallery",
        "link",
        "marks",
        "pasting",
        "picture",
        "source",
        "table",
        "toolbar",
    ),
)

EDITOR_MEDIA: Final = Media(
    # The scripts name each other by these words, so that each can have a hashed address.
    importmap=ImportMap(
        {
            "django-prose-editor/editor": "django_prose_editor/editor.js",
            **{f"desk/{name}": f"desk/editor/{name}.js" for name in MODULES},
        }
    ),
    css={
        "all": [
            "django_prose_editor/material-icons.css",
            "django_prose_editor/editor.css",
            "desk/pictures.css",
            "desk/editor.css",
        ]
    },
    js=[
        forms.Script("desk/pictures.js", type="module"),
        forms.Script("desk/editor/setup.js", type="module"),
    ],
)


class EditorWidget(forms.Textarea):
    """A text area that `static/desk/editor/setup.js` makes into an editor of the named kind."""

    def __init__(self, kind: str, *, rows: int, label: str) -> None:
        super().__init__({"data-editor": kind, "rows": rows, "aria-label": label})

    @property
    def media(self) -> forms.Media:
        media: forms.Media = EDITOR_MEDIA
        return media


class BodyField(forms.CharField):
    """The text, cleaned, and refused in words where it is too long to be kept."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", EditorWidget("body", rows=30, label="Text"))
        super().__init__(required=False, strip=True, validators=[refuse_unstorable], **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        _refuse_long(text)
        cleaned = clean(text)
        _refuse_long(cleaned)
        return cleaned

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Two ways of writing the same text are no change."""
        if (data or "").strip() == (initial or "").strip():
            return False
        return len(data or "") > BODY_MAX_LENGTH or clean(data or "") != (initial or "")


class CaptionField(forms.CharField):
    """A caption: words, emphasis and links on one line."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", EditorWidget("caption", rows=3, label="Caption"))
        super().__init__(required=False, max_length=2000, validators=[refuse_unstorable], **options)

    def clean(self, value: Any) -> str:
        return clean_caption(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return clean_caption(data or "") != (initial or "")


def _refuse_long(text: str) -> None:
    if len(text) > BODY_MAX_LENGTH:
        sentence = (
            f"The text has {len(text):,} characters; at most {BODY_MAX_LENGTH:,} can be kept. "
            "Make two articles of it."
        )
        raise ValidationError(sentence, code="max_length")
