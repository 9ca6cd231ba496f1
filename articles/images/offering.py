"""What a file says, as it is offered in the fields of the library."""

from typing import Any, Final

from articles.images.models import Image

FIELDS: Final = {
    "headline": ("headline", "title"),
    "caption": ("caption",),
    "credit": ("credit", "byline"),
    "byline": ("byline",),
    "copyright_notice": ("copyright",),
    "usage_terms": ("usage_terms",),
    "alt_text": ("alt_text",),
    "source": ("source",),
}
"""Field of the library → what may fill it, the first that says something. A file without a credit
line is credited to who made it; the editor is asked to check."""

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


def offered(metadata: dict[str, Any]) -> dict[str, str]:
    """Field → text, cut to what the field holds; the whole text stays in `Image.metadata`."""
    found = {}
    for field, sources in FIELDS.items():
        said = next((text for source in sources if (text := _said(metadata, source))), "")
        if said:
            found[field] = _fitting(field, said)
    return found


def _said(metadata: dict[str, Any], source: str) -> str:
    text = str(metadata.get(source) or "").strip()
    return "" if text.lower() in _BY_MACHINES else text


def _fitting(field: str, text: str) -> str:
    most: int | None = Image._meta.get_field(field).max_length  # type: ignore[union-attr]
    if field not in {"caption", "alt_text", "usage_terms"}:
        text = " ".join(text.split())
    return text if most is None or len(text) <= most else text[: most - 1].rstrip() + "…"
