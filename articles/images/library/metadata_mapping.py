"""Embedded metadata as values for the fields of an image."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from articles.images.models import Image

FIELDS: Final = {
    "headline": ("headline", "title"),
    "caption": ("caption",),
    "credit": ("credit", "byline"),
    "byline": ("byline",),
    "copyright_notice": ("copyright",),
    "usage_terms": ("usage_terms",),
    "alt_text": ("alt_text",),
    "extended_description": ("extended_description",),
    "source": ("source",),
    "persons": ("persons",),
    "city": ("city",),
    "country": ("country",),
    "taken": ("taken",),
}
"""Field of the image → metadata that may fill it, in order of preference. A file without a credit
line is credited to its creator; the editor is asked to check."""

_MULTILINE: Final = frozenset({"caption", "alt_text", "usage_terms", "extended_description"})

_DEFAULT_TEXTS: Final = frozenset(
    {
        "olympus digital camera",
        "sony dsc",
        "default",
        "untitled",
        "screenshot",
        "created with gimp",
        "kodak digital still camera",
        "minolta digital camera",
        "samsung csc",
    }
)
"""What cameras and programs write into the caption by default."""


def fields_from(metadata: dict[str, Any]) -> dict[str, Any]:
    """Field → value, shortened to fit; `Image.metadata` keeps everything."""
    found: dict[str, Any] = {}
    for field, sources in FIELDS.items():
        value = next((text for source in sources if (text := _text(metadata, source))), "")
        if value:
            found[field] = _fitting(field, value)
    keywords = [word[:100].strip() for word in metadata.get("keywords") or []]
    special = {
        "keywords": list(dict.fromkeys(word for word in keywords if word)),
        "licence_url": _url(_text(metadata, "licence")),
        "licensor": _fitting("licensor", _licensor(metadata)),
        # The last part of the URL in the IPTC vocabulary.
        "digital_source_type": _text(metadata, "digital_source_type")
        .rstrip("/")
        .rsplit("/", 1)[-1][:80],
    }
    return {**found, **{field: value for field, value in special.items() if value}}


def _text(metadata: dict[str, Any], source: str) -> str:
    value = metadata.get(source) or ""
    text = ", ".join(value) if isinstance(value, list) else str(value).strip()
    return "" if text.lower() in _DEFAULT_TEXTS else text


def _licensor(metadata: dict[str, Any]) -> str:
    name, url = _text(metadata, "licensor"), _text(metadata, "licensor_url")
    return f"{name}, {url}" if name and url and name != url else name or url


def _url(text: str) -> str:
    """Programs write all kinds of text where the URL of a licence should be."""
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        return ""
    return text if len(text) <= 500 else ""


def is_shortened(field: str, text: str) -> bool:
    """Whether the value of a field is only the beginning of the metadata."""
    most = _most(field)
    return most is not None and len(text) > most - 3 and text.endswith("…")


def _most(field: str) -> int | None:
    most: int | None = Image._meta.get_field(field).max_length  # type: ignore[union-attr]
    return most


def _fitting(field: str, text: str) -> str:
    most = _most(field)
    if field not in _MULTILINE:
        text = " ".join(text.split())
    return text if most is None or len(text) <= most else text[: most - 1].rstrip() + "…"
