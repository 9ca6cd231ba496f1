"""The publication in the admin: one row that can be changed but not deleted."""

import hashlib
import json
import re
from typing import Any, Final, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from iria.core.admin import NoAddOrDelete, Unlabelled
from iria.publication import colours, logos, menus, models
from iria.publication.menus import broken_entry_messages
from iria.publication.models import Publication
from iria.publication.row_fields import SHARE_SERVICES, LinksField, MenuField, ShareField
from iria.publication.translated_admin import TranslatedAdmin

EDIT_CONFLICT: Final = (
    "Somebody else changed the publication while you were editing. Your changes are "
    "below. Compare them with the current version in another window, and save again to "
    "overwrite it."
)


LANGUAGE_CODE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE | re.ASCII)


class BrandImageWidget(forms.FileInput):
    """A file input with the current image and a checkbox to remove it."""

    template_name = "admin/iria/publication/_brand_image.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["shown"] = value if isinstance(value, dict) else None
        context["dark"] = name.endswith("dark")
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        upload = super().value_from_datadict(data, files, name)
        return False if upload is None and data.get(f"{name}-remove") else upload


class BrandImageField(forms.FileField):
    """An image of the publication; False to remove the current one."""

    widget = BrandImageWidget

    def __init__(self, *, icon: bool = False, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.draw = logos.draw_icon if icon else logos.draw_logo

    def clean(self, data: Any, initial: Any = None) -> Any:
        if data is False:
            return False
        upload = super().clean(data, None)
        return self.draw(logos.read(upload)) if upload else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return data is not None


class PublicationForm(forms.ModelForm[Publication]):
    logo = BrandImageField(
        label="Logo",
        help_text="Shown in the header instead of the name. PNG, JPEG or WebP, at least 160 pixels "
        "high, if possible with a transparent background.",
    )
    logo_dark = BrandImageField(label="Logo for dark mode", help_text="Empty: the logo.")
    icon = BrandImageField(
        icon=True,
        label="Site icon",
        help_text="Shown in tabs, bookmarks and on phones. Square, at least 180 pixels, if possible 512.",
    )
    header_menu = MenuField(
        label="Header menu",
        help_text="Empty: the top-level categories.",
    )
    footer_menu = MenuField(
        label="Footer menu", help_text="Empty: the pages marked for the footer."
    )
    social_links = LinksField(
        label="Social media",
        help_text="Profiles of the publication. Shown in the footer and in the structured data for "
        "search engines.",
    )
    share_links = ShareField(
        label="Share links",
        help_text=f"Shown below every article. The name is enough for {', '.join(SHARE_SERVICES)}. "
        "For others, {address} and {headline} in the URL are replaced, for example "
        "https://social.example/share?text={headline}%20{address}.",
    )

    seen = forms.CharField(required=False, widget=Unlabelled)
    """The state of the publication when the form was opened."""

    class Meta:
        model = Publication
        fields = (
            *("name", "legal_name", "tagline", "about", "header_menu", "footer_menu"),
            *("accent", "accent_dark", "contact_label", "contact_email", "postal_address"),
            *("social_links", "share_links", "issn", "first_year", "time_zone", "languages"),
            "credit_format",
        )
        widgets = {
            "accent": forms.TextInput({"size": 10, "placeholder": "#1a5f7a"}),
            "accent_dark": forms.TextInput({"size": 10, "placeholder": "#75c9da"}),
            "issn": forms.TextInput({"size": 12, "placeholder": "2049-3630"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("accent", "accent_dark", "issn"):
            field = self.fields.get(name)
            if isinstance(field, forms.CharField):
                # For pasted values our error is more helpful than “at most 7 characters”.
                field.max_length = None
                field.validators = []
                field.widget.attrs.pop("maxlength", None)
        self.initial["seen"] = state_hash(self.instance)
        images = self.instance.brand_images
        shown = {"logo": "logo", "logo_dark": "logo_dark", "icon": "icon_180"}
        self.initial.update({field: images.get(name) for field, name in shown.items()})

    def clean_accent(self) -> str:
        return colours.checked_light(self.cleaned_data["accent"])

    def clean_accent_dark(self) -> str:
        return colours.checked_dark(self.cleaned_data["accent_dark"])

    def clean_issn(self) -> str:
        return models.clean_issn(self.cleaned_data["issn"])

    def clean_languages(self) -> str:
        """Each code once, since pages name it as their language."""
        codes = [code.strip() for code in self.cleaned_data["languages"].split(",")]
        for code in filter(None, codes):
            if not LANGUAGE_CODE.fullmatch(code):
                raise ValidationError(
                    f"“{code}” is not a language code. Enter codes such as en, fr or ar, separated by commas."
                )
        return ", ".join(dict.fromkeys(filter(None, codes)))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("accent_dark") and not values.get("accent") and "accent" not in self.errors:
            message = "Enter the accent colour for light mode too."
            raise ValidationError({"accent": message})
        self._check_conflict(values.get("seen", ""))
        return values

    def _check_conflict(self, seen: str) -> None:
        """Detects changes by others since the form was opened; locks the row until it is saved."""
        current = Publication.objects.select_for_update().filter(pk=self.instance.pk).first()
        if current is None or seen in {"", state_hash(current)}:
            return
        # Saving again overwrites them.
        data = cast("QueryDict", self.data).copy()
        data["seen"] = state_hash(current)
        self.data = data
        self.add_error(None, EDIT_CONFLICT)

    def save_images(self) -> None:
        """Sets uploaded images, and removes those selected for removal."""
        for place in (*logos.LOGOS, logos.ICON):
            upload = self.cleaned_data.get(place)
            if upload is False:
                logos.remove(self.instance, place)
            elif upload:
                logos.assign(self.instance, place, upload)


def state_hash(publication: Publication) -> str:
    """A hash of everything editors can change."""
    columns = (each.attname for each in Publication._meta.concrete_fields)
    values = {
        name: getattr(publication, name) for name in columns if name not in {"id", "resolved_menus"}
    }
    serialized = json.dumps(values, sort_keys=True, default=str)
    return hashlib.blake2b(serialized.encode(), digest_size=12).hexdigest()


def accent_preview(publication: Publication) -> SafeString:
    """The two colours on their backgrounds, as SVG without styles."""
    if not publication.accent:
        return format_html("{}", "Default colour.")
    dark = publication.accent_dark or colours.for_dark(publication.accent)
    return format_html(
        '<svg width="260" height="44" role="img" aria-label="{} and {}">'
        '<rect width="130" height="44" fill="{}"/><rect x="130" width="130" height="44" fill="{}"/>'
        '<text x="12" y="28" fill="{}">Link in light mode</text>'
        '<text x="142" y="28" fill="{}">Link in dark mode</text></svg>',
        *(publication.accent, dark, colours.LIGHT_PAPERS[0], colours.DARK_PAPERS[0]),
        *(publication.accent, dark),
    )


PARTS: Final[dict[str, tuple[str, set[str | None]]]] = {
    "name": ("Name and contact", {None, "Contact", "Library catalogues"}),
    "look": ("Logo and accent", {"Design"}),
    "time": ("Languages and time", {"Time zone and languages"}),
    "menus": ("Menus", {"Menus"}),
    "credits": ("Image credits", {"Images"}),
    "sharing": ("Sharing", {"Social media"}),
    "front": ("Most read", {"Front page"}),
    "feeds": ("Feeds", {"Feeds"}),
    "comments": ("Comment policy", {"Comments"}),
}
"""Parts of the form, by `part` in the URL: title, and names of the fieldsets."""


class PublicationAdmin(NoAddOrDelete, TranslatedAdmin[Publication]):
    form = PublicationForm
    translated_fields = (*models.TRANSLATED_TEXTS, "header_menu", "footer_menu")
    fieldsets = (
        (None, {"fields": ("name", "legal_name", "tagline", "about", "seen")}),
        ("Menus", {"fields": ("header_menu", "footer_menu")}),
        ("Design", {"fields": ("logo", "logo_dark", "icon", "accent", "accent_dark", "colours")}),
        ("Contact", {"fields": ("contact_label", "contact_email", "postal_address")}),
        ("Library catalogues", {"fields": ("issn",)}),
        ("Social media", {"fields": ("social_links", "share_links")}),
        ("Time zone and languages", {"fields": ("first_year", "time_zone", "languages")}),
        (
            "Images",
            {"fields": ("credit_format", "credit_below_every_image", "publish_unknown_credits")},
        ),
        ("Feeds", {"fields": ("full_text_feeds",)}),
        ("Front page", {"fields": ("show_most_read",)}),
        (
            "Comments",
            {"fields": ("comments_policy", "comments_close_after", "guests_confirm_email")},
        ),
    )
    readonly_fields = ("colours",)

    class Media:
        css = {"all": ["iria_admin/settings.css"]}

    def get_fieldsets(self, request: HttpRequest, obj: Publication | None = None) -> Any:
        """The fieldsets of the part in the URL, with its translations; without a part, all."""
        fieldsets = super().get_fieldsets(request, obj)
        if (part := PARTS.get(request.GET.get("part", ""))) is None:
            return fieldsets
        others = {title for title, _options in self.fieldsets} - part[1]
        chosen = [(title, dict(options)) for title, options in fieldsets if title not in others]
        first = chosen[0][1]
        if "seen" not in first["fields"]:
            first["fields"] = (*first["fields"], "seen")
        return chosen

    def _translated(self, request: HttpRequest) -> list[tuple[str, str]]:
        pairs = super()._translated(request)
        if (part := PARTS.get(request.GET.get("part", ""))) is None:
            return pairs
        shown = flatten_fieldsets([each for each in self.fieldsets if each[0] in part[1]])
        return [(code, name) for code, name in pairs if name in shown]

    def get_form(
        self,
        request: HttpRequest,
        obj: Publication | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        """A form without the fields of other parts, which would be emptied."""
        form = super().get_form(request, obj, change, **kwargs)
        shown = flatten_fieldsets(self.get_fieldsets(request, obj))
        hidden = {name: None for name in form.declared_fields if name not in shown}
        if not hidden:
            return form
        metaclass: type[type] = type(form)
        return metaclass(form.__name__, (form,), hidden)

    def response_change(self, request: HttpRequest, obj: Publication) -> HttpResponse:
        response = super().response_change(request, obj)
        if request.GET.get("part") not in PARTS:
            return response
        if "_continue" in request.POST:
            return redirect(request.get_full_path())
        return redirect("admin:settings")

    @admin.display(description="Preview")
    def colours(self, publication: Publication) -> SafeString:
        return accent_preview(publication)

    def save_model(
        self, request: HttpRequest, obj: Publication, form: PublicationForm, change: bool
    ) -> None:
        form.save_images()
        menus.save(obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["part_name"] = PARTS.get(request.GET.get("part", ""), ("",))[0]
        publication = kwargs.get("obj")
        if publication is not None and request.method == "GET":
            for message in broken_entry_messages(
                menus.broken_entries(publication, menus.targets())
            ):
                messages.warning(request, message)
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        Publication.objects.get_or_create(pk=1)
        return redirect(reverse("admin:iria_publication_change", args=[1]))
