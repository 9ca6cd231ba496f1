"""What the form refuses before anything is saved."""

from typing import Any

from django import forms

from articles.body.figures import figures_in
from articles.editorial.checklist import obstacles_to_new_uses
from articles.editorial.models import Article
from articles.images.models import Image
from iria.kit.obstacles import in_words

NOT_OUT = "Readers would see it at once, so this was not saved; your text is kept below."


def refuse_new_pictures(form: forms.ModelForm[Article], values: dict[str, Any]) -> None:
    """A published article takes in no picture that may not go out."""
    lead: Image | None = values.get("lead_picture")
    inline = [use.image_id for use in figures_in(values.get("body") or "")]
    if found := obstacles_to_new_uses(form.instance, lead.pk if lead else None, inline):
        form.add_error(None, in_words(NOT_OUT, found))
