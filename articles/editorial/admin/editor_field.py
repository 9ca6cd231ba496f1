"""What the editor shows of the pictures in a text.

What the form refuses before anything is saved.

The article's text in a form: an editor where there is JavaScript, its HTML where there is none.
"""

from typing import Any, Final, TypedDict

from django import forms
from django.core.exceptions import ValidationError
from js_asset import ImportMap, Media

from articles.body.figures import figures_in
from articles.body.sanitiser import clean, clean_caption
from articles.editorial.checklist import obstacles_to_new_uses
from articles.editorial.models import Article
from articles.editorial.models.article import BODY_MAX_LENGTH
from articles.images.admin.chooser import choice
from articles.images.models import Image
from articles.images.rights.credit_line import credit_words
from iria.core.blockers import as_message
from iria.core.text.validators import validate_storable
from iria.publication.models import Publication

MOST = 200


class Described(TypedDict):
    name: str
    thumbnail: str
    alt: str
    credit: str
    may_be_shown: bool


def described(ids: list[str], publication: Publication) -> dict[str, Described]:
    """Id → facts, for the pictures that are in the library; in two queries."""
    numbers = {int(each) for each in ids[:MOST] if each.isascii() and each.isdigit()}
    small = {number for number in numbers if number < 10**18}
    return {
        str(image.pk): {
            "name": str(image),
            "thumbnail": choice(image).thumbnail,
            "alt": image.alt_text,
            "credit": credit_words(image, publication),
            "may_be_shown": image.may_be_shown,
        }
        for image in Image.objects.for_grid().filter(pk__in=small)
    }


NOT_OUT = "Readers would see it at once, so this was not saved; your text is kept below."


def refuse_new_pictures(form: forms.ModelForm[Article], values: dict[str, Any]) -> None:
    """A published article takes in no picture that may not go out."""
    lead: Image | None = values.get("lead_picture")
    inline = [use.image_id for use in figures_in(values.get("body") or "")]
    if found := obstacles_to_new_uses(form.instance, lead.pk if lead else None, inline):
        form.add_error(None, as_message(NOT_OUT, found))


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
            **{f"editor/{name}": f"iria_admin/editor/{name}.js" for name in MODULES},
        }
    ),
    css={
        "all": [
            "django_prose_editor/material-icons.css",
            "django_prose_editor/editor.css",
            "iria_admin/images.css",
            "iria_admin/editor.css",
        ]
    },
    js=[
        forms.Script("iria_admin/images.js", type="module"),
        forms.Script("iria_admin/editor/setup.js", type="module"),
    ],
)


class EditorWidget(forms.Textarea):
    """A text area that `static/iria_admin/editor/setup.js` makes into an editor of the named kind."""

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
        super().__init__(required=False, strip=True, validators=[validate_storable], **options)

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
        super().__init__(required=False, max_length=2000, validators=[validate_storable], **options)

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
