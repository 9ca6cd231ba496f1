"""Where the eye rests in a picture, as an editor says it: with the mouse, by keys, or in numbers."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from articles.images.cropping import ratio_of
from articles.images.models import Image
from articles.images.showing import plain_rendition
from articles.images.sizes import CARD, PREVIEW, SHAPES, SQUARE

FOCUS: Final = ("focus_x", "focus_y")
NAMES: Final = {CARD: "Cards", SQUARE: "Portraits", PREVIEW: "Previews on other sites"}


class PercentField(forms.FloatField):
    """A part of one, written in hundredths; left empty, nothing is said."""

    default_error_messages = {"invalid": "Write a number from 0 to 100."}
    widget = forms.NumberInput(attrs={"min": 0, "max": 100, "step": 0.1})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def to_python(self, value: Any) -> Any:
        """Rounded, so that a form saved as it was changes nothing."""
        number = super().to_python(value)
        if number is None:
            return None
        if not 0 <= number <= 100:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return round(number / 100, 4)

    def prepare_value(self, value: Any) -> Any:
        return f"{value * 100:.4g}" if isinstance(value, float | int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Rounding is no change."""
        return str(self.prepare_value(initial)) != str(data)


def across() -> PercentField:
    return PercentField(
        required=False, label="From the left, in %", help_text="0 is the left edge, 100 the right."
    )


def down() -> PercentField:
    return PercentField(
        required=False, label="From the top, in %", help_text="0 is the upper edge, 100 the lower."
    )


def focal_point(image: Image) -> SafeString | str:
    """The picture with a point to move, and what is cut around it; the numbers stand beside it."""
    whole = plain_rendition(image, 960)
    if whole is None:
        return "The picture is being prepared."
    crops = [(shape, "{} / {}".format(*ratio_of(shape)), NAMES[shape]) for shape in SHAPES]
    context = {"image": image, "whole": whole, "crops": crops}
    return render_to_string("admin/articles/image/_focal_point.html", context)
