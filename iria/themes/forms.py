"""Colours and sizes of a theme as the publication changes them."""

from typing import Any, Final

from django import forms

from iria.publication.colours import read_hex
from iria.themes.checks import low_contrasts
from iria.themes.chosen import ChosenTheme
from iria.themes.theme import COLOURS, LENGTH, SCHEMES, SIZES

LABELS: Final = {
    "paper": "Page",
    "paper-deep": "Form and panel",
    "tint": "Newsletter offer",
    "ink": "Text",
    "ink-soft": "Standfirst",
    "ink-quiet": "Date and credit",
    "hairline": "Thin line",
    "edge": "Field border",
    "accent": "Link",
    "accent-deep": "Link, hovered",
    "on-accent": "Text on button",
    "button": "Button",
    "cover": "Report cover",
    "on-cover": "Text on cover",
    "on-cover-soft": "Quiet text on cover",
    "foot": "Footer",
    "on-foot": "Text on footer",
    "on-foot-soft": "Quiet text on footer",
    "mark": "Search match",
    "danger": "Error",
    "good": "Success",
    "measure": "Width of the text",
    "page": "Width of the page",
    "radius": "Corner radius",
}


class ColourField(forms.CharField):
    """`#rrggbb`; empty for that of the theme."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.widget.attrs |= {"size": 9, "spellcheck": "false", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        colour = read_hex(text) if text else ""
        if colour is None:
            raise forms.ValidationError("Enter a hexadecimal colour such as #1a5f7a.")
        return colour


class AppearanceForm(forms.Form):
    """One field for each colour and scheme, and for each size. Empty means: as in the theme."""

    def __init__(self, chosen: ChosenTheme, data: Any = None) -> None:
        self.chosen = chosen
        super().__init__(data, initial=_initial(chosen), label_suffix="")
        inherited = ChosenTheme(chosen.theme, {})
        for name in COLOURS:
            for scheme in SCHEMES:
                field = ColourField(label=f"{LABELS[name]}, {scheme} mode")
                field.widget.attrs["placeholder"] = inherited.colours[scheme][name]
                self.fields[f"{name}-{scheme}"] = field
        for name in SIZES:
            size = forms.RegexField(rf"^(?:{LENGTH.pattern})\Z", required=False, label=LABELS[name])
            size.error_messages["invalid"] = "Enter a length such as 38rem or 4px."
            size.widget.attrs |= {"placeholder": inherited.sizes[name], "size": 9}
            self.fields[name] = size

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors:
            for scheme, name, sentence in low_contrasts(self.changed().colours):
                self.add_error(f"{name}-{scheme}", sentence)
        return values

    def changed(self) -> ChosenTheme:
        """The theme with the values of the form, as far as they are valid."""
        values = self.cleaned_data
        colours = {
            scheme: {
                name: values[f"{name}-{scheme}"]
                for name in COLOURS
                if values.get(f"{name}-{scheme}")
            }
            for scheme in SCHEMES
        }
        sizes = {name: values[name] for name in SIZES if values.get(name)}
        return ChosenTheme(self.chosen.theme, {"colours": colours, "sizes": sizes})

    def colour_rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The label of each colour, and its field for each scheme."""
        return [
            (LABELS[name], [self[f"{name}-{scheme}"] for scheme in SCHEMES]) for name in COLOURS
        ]

    def size_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in SIZES]


def _initial(chosen: ChosenTheme) -> dict[str, str]:
    colours = chosen.changes.get("colours", {})
    return {
        **{
            f"{name}-{scheme}": colour
            for scheme in SCHEMES
            for name, colour in colours.get(scheme, {}).items()
        },
        **chosen.changes.get("sizes", {}),
    }
