"""A date and a time on the publication's clock."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from iria.kit.moments import SkippedHour, moment_in
from iria.publication.models import current_publication

SHOWN: Final = "%Y-%m-%dT%H:%M"
LAST_YEAR: Final = 2199
"""A moment near the calendar's end could not be shown on the clock of every zone."""
BEYOND: Final = "This date lies beyond the calendar; choose a nearer one."


class MomentField(forms.Field):
    """Reads what `<input type="datetime-local">` sends; an hour that never comes is refused."""

    widget = forms.TextInput
    ignored = False
    """Whether what stands in it is only kept, because its button was not pressed."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"step": "60", "autocomplete": "off"})
        widget.input_type = "datetime-local"
        super().__init__(widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime) and timezone.is_aware(value):
            return current_publication().local(value).strftime(SHOWN)
        return value

    def clean(self, value: Any) -> datetime | None:
        return None if self.ignored else super().clean(value)

    def to_python(self, value: Any) -> datetime | None:
        """The moment, as shown by clocks in the publication's zone.

        Raises:
            ValidationError: with a sentence for the editor.
        """
        text = str(value or "").strip().replace("T", " ")
        if not text:
            return None
        try:
            wall = parse_datetime(text)
        except ValueError:
            wall = None
        if wall is None or wall.tzinfo is not None:
            sentence = "This is no date and time; write it like 2027-03-28 14:30."
            raise ValidationError(sentence)
        if wall.year > LAST_YEAR:
            raise ValidationError(BEYOND)
        publication = current_publication()
        try:
            return moment_in(publication.zone_info, wall)
        except SkippedHour as gap:
            sentence = (
                f"{wall:%H:%M} is skipped on that day, when the clocks in {publication.zone} go "
                f"forward; the next time there is {gap.resumes:%H:%M}."
            )
            raise ValidationError(sentence) from gap
        except OverflowError as mistake:
            raise ValidationError(BEYOND) from mistake

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")
