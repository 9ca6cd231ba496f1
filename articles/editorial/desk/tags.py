"""Tags as words with commas between them."""

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from taggit.models import Tag

from iria.kit.text import one_line, refuse_unstorable

PART: Final = re.compile(r'\s*(?:"([^"]*)"|([^,]*))\s*(?:,|$)')
MOST: Final = 30


def split(text: str) -> list[str]:
    """The tags in a line of text, each once; one that holds a comma stands in quotes."""
    parts = [one_line(quoted or plain) for quoted, plain in PART.findall(text)]
    found = {part.casefold(): part for part in reversed(parts) if part}
    return list(reversed(found.values()))


def join(names: list[str]) -> str:
    return ", ".join(f'"{name}"' if "," in name else name for name in names)


class TagsField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            max_length=2000,
            validators=[refuse_unstorable],
            help_text="Words with commas between them, such as: shipping, Red Sea.",
            **options,
        )

    def clean(self, value: Any) -> list[str]:
        names = split(super().clean(value))
        if len(names) > MOST:
            sentence = (
                f"These are {len(names)} tags; more than {MOST} help nobody to find anything."
            )
            raise ValidationError(sentence)
        for name in names:
            refuse_unusable(name)
        return names

    def has_changed(self, initial: Any, data: Any) -> bool:
        return sorted(split(initial or "")) != sorted(split(data or ""))


def refuse_unusable(name: str) -> None:
    """A validator: a tag needs a name that fits and an address of its own.

    Raises:
        ValidationError: with a sentence for the editor.
    """
    slug: str = Tag().slugify(name)  # type: ignore[no-untyped-call]
    if len(name) > 100:
        sentence = f"The tag “{name[:40]}…” is too long; a tag has at most 100 characters."
        raise ValidationError(sentence)
    if not slug.strip("-_"):
        sentence = (
            f"The tag “{name}” has neither letter nor digit, so no page could be named for it."
        )
        raise ValidationError(sentence)
    if slug == "feed":
        sentence = "“feed” is reserved for addresses; choose another word for this tag."
        raise ValidationError(sentence)
