"""What a file says, as it is offered in the fields of the library."""

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
"""Field of the library → what may fill it, the first that says something. A file without a credit
line is credited to who made it; the editor is asked to check."""

_SEVERAL_LINES: Final = frozenset({"caption", "alt_text", "usage_terms", "extended_description"})

_BY_MACHINES: Final = frozenset(
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
"""What cameras and programs write into the caption when nobody wrote one."""


def offered(metadata: dict[str, Any]) -> dict[str, Any]:
    """Field → what it may hold; the whole of what was said stays in `Image.metadata`."""
    found: dict[str, Any] = {}
    for field, sources in FIELDS.items():
        said = next((text for source in sources if (text := _said(metadata, source))), "")
        if said:
            found[field] = _fitting(field, said)
    keywords = [word[:100].strip() for word in metadata.get("keywords") or []]
    special = {
        "keywords": list(dict.fromkeys(word for word in keywords if word)),
        "licence_url": _address(_said(metadata, "licence")),
        "licensor": _fitting("licensor", _licensor(metadata)),
        # The vocabulary's word, from its address.
        "digital_source_type": _said(metadata, "digital_source_type")
        .rstrip("/")
        .rsplit("/", 1)[-1][:80],
    }
    return {**found, **{field: value for field, value in special.items() if value}}


def _said(metadata: dict[str, Any], source: str) -> str:
    said = metadata.get(source) or ""
    text = ", ".join(said) if isinstance(said, list) else str(said).strip()
    return "" if text.lower() in _BY_MACHINES else text


def _licensor(metadata: dict[str, Any]) -> str:
    name, address = _said(metadata, "licensor"), _said(metadata, "licensor_url")
    return f"{name}, {address}" if name and address and name != address else name or address


def _address(text: str) -> str:
    """Programs write all kinds of things where the address of a licence should stand."""
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        return ""
    return text if len(text) <= 500 else ""


def is_shortened(field: str, text: str) -> bool:
    """Whether what a field was offered is only the beginning of what the file says."""
    most = _most(field)
    return most is not None and len(text) > most - 3 and text.endswith("…")


def _most(field: str) -> int | None:
    most: int | None = Image._meta.get_field(field).max_length  # type: ignore[union-attr]
    return most


def _fitting(field: str, text: str) -> str:
    most = _most(field)
    if field not in _SEVERAL_LINES:
        text = " ".join(text.split())
    return text if most is None or len(text) <= most else text[: most - 1].rstrip() + "…"
