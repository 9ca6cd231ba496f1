"""Form fields with several short rows in order: menu items, links."""

from abc import ABC, abstractmethod
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from iria.core.hooks import menu_targets
from iria.core.ordered_list import OrderedListWidget, Row
from iria.core.text.validators import one_line, validate_storable
from iria.publication.menus import LINK, Entry

MAX_ROWS: Final = 40
NAME_MAX_LENGTH: Final = 60
URL_MAX_LENGTH: Final = 300


class MenuWidget(OrderedListWidget):
    template_name = "admin/iria/publication/_menu.html"
    controls = ("target", "address", "label", "level")

    def is_filled(self, row: Row) -> bool:
        return super().is_filled({**row, "level": ""})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        groups = [
            (
                group.label,
                [(f"{kind}:{target.key}", _target_label(target)) for target in group.targets()],
            )
            for kind, group in menu_targets.items()
        ]
        known = {key for _, targets in groups for key, _ in targets} | {"", LINK}
        deleted = [row["target"] for row in context["rows"] if row["target"] not in known]
        if deleted:
            groups.append(("Deleted", [(key, "(deleted)") for key in dict.fromkeys(deleted)]))
        context |= {"groups": groups, "link": LINK}
        return context


class LinksWidget(OrderedListWidget):
    template_name = "admin/iria/publication/_links.html"
    controls = ("address", "name")
    row = "Link"


def _target_label(target: Any) -> str:
    return target.name if target.live else f"{target.name} (not published)"


class RowsField(forms.Field, ABC):
    """A list of rows; errors name the row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def to_python(self, value: Any) -> list[Any]:
        rows = list(value or [])
        if len(rows) > MAX_ROWS:
            raise ValidationError(f"Too many rows ({len(rows)}). The maximum is {MAX_ROWS}.")
        values: list[Any] = []
        messages: list[str] = []
        for number, row in enumerate(rows, start=1):
            try:
                for text in row.values():
                    validate_storable(text)
                values.append(self.read(row, first=not values))
            except ValidationError as error:
                messages += [f"Row {number}: {message}" for message in error.messages]
        if messages:
            raise ValidationError(messages)
        return values

    @abstractmethod
    def read(self, row: Row, *, first: bool) -> Any:
        """The value to store for a submitted row; raises ValidationError."""

    def prepare_value(self, value: Any) -> Any:
        """Stored values as rows of the widget; submitted rows stay unchanged."""
        return [self.to_row(each) if not isinstance(each, dict) or self.is_stored(each) else each
                for each in value or []]  # fmt: skip

    @abstractmethod
    def is_stored(self, row: Any) -> bool:
        """Whether this is a stored value and not a submitted row."""

    @abstractmethod
    def to_row(self, value: Any) -> Row:
        """A stored value as a row of the widget."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool([self.to_row(each) for each in initial or []] != (data or []))


class MenuField(RowsField):
    widget = MenuWidget

    def read(self, row: Row, *, first: bool) -> Entry:
        kind, _, key = row["target"].partition(":")
        label = _name(row["label"])
        below = row.get("level") == "below" and not first
        if row["address"].strip() and kind in ("", LINK):
            kind, key = LINK, clean_url_or_path(row["address"])
            if not label:
                raise ValidationError("Enter a label for the link.")
        elif kind == LINK:
            raise ValidationError("Enter the URL of the link.")
        elif not kind or not key:
            raise ValidationError("Choose a target.")
        elif row["address"].strip():
            raise ValidationError("Enter either a target or a URL, not both.")
        return Entry(kind=kind[:20], key=key[:URL_MAX_LENGTH], label=label, below=below)

    def is_stored(self, row: Any) -> bool:
        return "kind" in row

    def to_row(self, value: Any) -> Row:
        linked = value["kind"] == LINK
        return {
            "target": LINK if linked else f"{value['kind']}:{value['key']}",
            "address": value["key"] if linked else "",
            "label": value["label"],
            "level": "below" if value["below"] else "",
        }


class LinksField(RowsField):
    widget = LinksWidget

    def read(self, row: Row, *, first: bool) -> Row:
        url = clean_url(row["address"])
        name = _name(row["name"])
        if not name:
            raise ValidationError("Enter a name, such as Mastodon.")
        return {"name": name, "address": url}

    def is_stored(self, row: Any) -> bool:
        return True

    def to_row(self, value: Any) -> Row:
        return {"address": value.get("address", ""), "name": value.get("name", "")}


SHARE_SERVICES: Final = {
    "Bluesky": "https://bsky.app/intent/compose?text={headline}%20{address}",
    "Facebook": "https://www.facebook.com/sharer/sharer.php?u={address}",
    "LinkedIn": "https://www.linkedin.com/sharing/share-offsite/?url={address}",
    "Mastodon": "https://share.joinmastodon.org/#text={headline}%20{address}",
    "Telegram": "https://t.me/share/url?url={address}&text={headline}",
    "WhatsApp": "https://wa.me/?text={headline}%20{address}",
    "X": "https://x.com/intent/post?url={address}&text={headline}",
}
"""The name is enough for these. Plain links: nothing of theirs is loaded before a reader follows one."""
SERVICE_OF: Final = {name.casefold(): (name, url) for name, url in SHARE_SERVICES.items()}


class ShareField(LinksField):
    """Services to share an article; their URL contains {address}."""

    def read(self, row: Row, *, first: bool) -> Row:
        known = SERVICE_OF.get(row["name"].strip().casefold())
        if known and not row["address"].strip():
            return {"name": known[0], "address": known[1]}
        link = super().read(row, first=first)
        if "{address}" not in link["address"]:
            raise ValidationError(
                "The URL must contain {address}, which is replaced by the URL of the article."
            )
        return link


def _name(text: str) -> str:
    name = one_line(text)
    if len(name) > NAME_MAX_LENGTH:
        raise ValidationError(
            f"“{name[:30]}…” is too long. The maximum is {NAME_MAX_LENGTH} characters."
        )
    return name


def clean_url(text: str) -> str:
    """A full URL with its scheme.

    Raises:
        ValidationError: with a sentence for the editor.
    """
    url = text.strip()
    message = "Enter a full URL, such as https://example.org/page."
    if not url.startswith(("https://", "http://")) or len(url) > URL_MAX_LENGTH:
        raise ValidationError(message)
    try:
        URLValidator(schemes=["https", "http"])(url)
    except ValidationError as error:
        raise ValidationError(message) from error
    return url


def clean_url_or_path(text: str) -> str:
    """A full URL, or a path of this site such as /newsletter/."""
    path = text.strip()
    plain = path.isprintable() and " " not in path and "\\" not in path and '"' not in path
    if path.startswith("/") and not path.startswith("//") and plain and len(path) <= URL_MAX_LENGTH:
        return path
    try:
        return clean_url(text)
    except ValidationError as error:
        raise ValidationError(
            "Enter a full URL such as https://example.org/page, or a path such as /feed/."
        ) from error
