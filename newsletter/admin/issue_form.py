"""The form of an issue on the desk."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape

from articles.editorial.desk.body_field import CaptionField, EditorWidget
from iria.kit.text import one_line
from newsletter.admin.chosen_articles import ChosenArticlesField
from newsletter.letter import drafting
from newsletter.letter.drafting import Chosen, NotADraft
from newsletter.models import Issue
from newsletter.models.issue import NAME

SUBJECT_SHOWN: Final = 40
"""Characters of a subject that a phone shows."""
PREHEADER_SHOWN: Final = 90


class IssueForm(forms.ModelForm[Issue]):
    chosen_articles = ChosenArticlesField(
        label="Articles",
        help_text="In the order in which they stand in the mail. A heading begins a section.",
    )
    picture_caption = CaptionField(
        label="Caption",
        widget=EditorWidget("caption", rows=2, label="Caption"),
        help_text="The caption of the lead picture here. Its credit is kept with the picture.",
    )

    searched = ""
    """What the site was searched for; the desk sets it."""

    class Meta:
        model = Issue
        fields = [
            *("newsletter", "subject", "preheader", "picture", "picture_caption", "greeting"),
            *("greeting_unnamed", "introduction", "closing", "slug"),
        ]
        widgets = {
            "subject": forms.TextInput(
                {"class": "vLargeTextField", "data-shown": SUBJECT_SHOWN, "data-where": "a phone"}
            ),
            "preheader": forms.TextInput(
                {
                    "class": "vLargeTextField",
                    "data-shown": PREHEADER_SHOWN,
                    "data-where": "most mail programs",
                }
            ),
            "introduction": EditorWidget("letter", rows=8, label="Introduction"),
            "closing": EditorWidget("letter", rows=4, label="Closing"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "chosen_articles" not in self.fields:
            return
        field = self.fields["chosen_articles"]
        assert isinstance(field, ChosenArticlesField)  # noqa: S101 - declared above
        items = self.instance.items.select_related("article") if self.instance.pk else []
        field.initial = [Chosen(item.article, item.heading) for item in items]
        field.standing = {chosen.article.pk for chosen in field.initial}
        field.widget.standing = field.standing
        field.widget.words = self.data.get("chosen_articles-search", self.searched)[:200]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk:
            try:
                drafting.hold_draft(self.instance)
            except NotADraft as refusal:
                raise ValidationError(str(refusal), code="frozen") from refusal
        self.instance.subject = cleaned.get("subject") or ""
        self.instance.slug = cleaned.get("slug") or ""
        # Given here, so that the database's rule that there is one is met before it is asked.
        cleaned["slug"] = drafting.free_slug(self.instance)
        picture = cleaned.get("picture")
        if picture and "picture" in self.changed_data and not cleaned.get("picture_caption"):
            cleaned["picture_caption"] = escape(one_line(picture.caption))
        if NAME in cleaned.get("greeting", "") and not cleaned.get("greeting_unnamed"):
            sentence = (
                "Say how readers are greeted whose name is not known, such as “Dear reader,”."
            )
            self.add_error("greeting_unnamed", ValidationError(sentence, code="required"))
        return cleaned
