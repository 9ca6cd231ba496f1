"""Hooks: packages register functions or values at start-up, which other packages use without importing them.

Register in `AppConfig.ready`; iterate over the hook to use it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol


class Hook[T]:
    """Registered values by name."""

    def __init__(self) -> None:
        self._registered: dict[str, T] = {}

    def register(self, name: str, value: T) -> None:
        """Registers a value; the same name replaces the previous one, so reloading is harmless."""
        self._registered[name] = value

    def get(self, name: str) -> T | None:
        return self._registered.get(name)

    def items(self) -> Iterator[tuple[str, T]]:
        return iter(self._registered.items())

    def __iter__(self) -> Iterator[T]:
        return iter(self._registered.values())


@dataclass(frozen=True, slots=True)
class ImageUsage:
    """A place where an image or a file is used."""

    label: str
    url: str
    public: bool
    scheduled: bool = False
    """Whether it will be published at a set time."""


@dataclass(frozen=True, slots=True)
class DashboardItem:
    """Something that needs the attention of the user of the admin."""

    label: str
    count: int
    url: str
    detail: str = ""
    """What exactly is wrong, in a line below."""
    action: str = ""
    """The name of the button that leads to the URL; the label is a link without it."""


@dataclass(frozen=True, slots=True)
class DashboardPanel:
    """A part of the dashboard."""

    title: str
    template: str
    context: dict[str, Any]
    """For the template, besides the context of the page."""
    more: tuple[str, str] | None = None
    """The name and URL of the complete list."""
    beside: bool = False
    """Whether it is in the narrow column."""


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line of a panel with `admin/dashboard/lines.html`."""

    name: str
    text: str
    url: str


image_usages: Hook[Callable[[int], list[ImageUsage]]] = Hook()
"""Image id → its uses."""

images_in_texts: Hook[Callable[[], set[int]]] = Hook()
"""The ids of images in texts, to which no foreign key refers."""

file_usages: Hook[Callable[[int], list[ImageUsage]]] = Hook()
"""File id → its uses."""

files_in_texts: Hook[Callable[[], set[int]]] = Hook()
"""The ids of files in texts, to which no foreign key refers."""

embedded_urls: Hook[Callable[[], set[str]]] = Hook()
"""The URLs of embedded pages in texts."""


@dataclass(frozen=True, slots=True)
class IdListReference:
    """Rows that refer to others by a list of ids instead of foreign keys."""

    model: str
    """The model they refer to, such as `articles.Category`."""
    verbose_names: tuple[str, str]
    """The name of one row and of several, for editors."""
    count: Callable[[list[int], int], tuple[int, int]]
    """Ids and one more id → how many rows refer to one of the ids, and how many of them also to the other."""
    lock: Callable[[list[int]], None]
    """Locks all rows that refer to any of the ids, in a fixed order."""
    repoint: Callable[[int, int], None]
    """Replaces the first id by the second, in the transaction of the merge."""


id_list_references: Hook[IdListReference] = Hook()
"""Rows that refer to others by a list of ids, for merges (`IdListReference`)."""

dashboard_items: Hook[Callable[[Any], list[DashboardItem]]] = Hook()
"""User → what needs their attention, for the dashboard."""


class MenuName(NamedTuple):
    """The name and the URL of a target in another language."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class MenuTarget:
    """Something that a menu can link to."""

    key: str
    name: str
    url: str
    live: bool = True
    """Whether it is published; otherwise menus omit it and the dashboard reports it."""
    default_menu: str = ""
    """The menu that contains it by default: `header`, `footer` or neither."""
    parent: str = ""
    """The key of the target below which that menu has it; one level only."""
    translations: Mapping[str, MenuName] = field(default_factory=dict)
    """Its name and URL in other languages, by code."""


@dataclass(frozen=True, slots=True)
class MenuTargets:
    """Targets of one kind, with its name for editors."""

    label: str
    targets: Callable[[], list[MenuTarget]]


@dataclass(frozen=True, slots=True)
class ScheduledChange:
    """A column of times at which public pages change without a change in the database."""

    table: str
    column: str
    condition: str = ""
    """Which rows count, in SQL; should match a partial index."""


scheduled_changes: Hook[ScheduledChange] = Hook()
"""Columns of times at which pages change by themselves (`ScheduledChange`); ETags depend on them
(`iria.core.http.cache_versions`). Each needs an index, or few rows."""

menu_targets: Hook[MenuTargets] = Hook()
"""Targets of menus by kind, in the order of the form."""


class InvalidLogo(Exception):
    """The file cannot be used as a logo; the message is for the user."""


@dataclass(frozen=True, slots=True)
class RenderedLogo:
    """A small image, re-encoded as PNG."""

    png: bytes
    width: int
    height: int


logo_renderers: Hook[Callable[[bytes, list[tuple[int, int]]], list[RenderedLogo]]] = Hook()
"""File and boxes (width, height) → the image fitted into each; raises InvalidLogo."""

article_search: Hook[Callable[[str], list[int]]] = Hook()
"""Query → ids of published articles, the best match first."""


@dataclass(frozen=True, slots=True)
class AdminPage:
    """A page of the admin that belongs to no model."""

    path: str
    """Below the URL of the admin, such as `settings/health/`."""
    view: Callable[..., Any]
    """Called with the request and `site`, the admin site; checks permissions itself."""


admin_pages: Hook[AdminPage] = Hook()
"""Name of the URL → a page of the admin."""


@dataclass(frozen=True, slots=True)
class JobProgress:
    """Jobs of one name that may run for hours and store how far they are."""

    at: Callable[[dict[str, Any]], datetime | None]
    """The arguments of a job → when it made its last progress, None if it stores none."""
    fail: Callable[[dict[str, Any]], None]
    """Called with the arguments of a job that made no progress for long and was ended."""


job_progress: Hook[JobProgress] = Hook()
"""Name of a job → its progress."""

dashboard_panels: Hook[Callable[[Any], DashboardPanel | None]] = Hook()
"""User → a part of the dashboard, or None; in the order of registration."""


@dataclass(frozen=True, slots=True)
class MailChoice:
    """One kind of e-mails, with the frequencies to choose from."""

    field: str
    """The name of the form field."""
    label: str
    options: list[tuple[str, str]]
    """Value and label; an empty value means no e-mails."""
    chosen: str
    description: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class MailChoices:
    """The e-mails of one part of the site, for the page of preferences."""

    title: str
    choices: list[MailChoice]
    note: str = ""
    """A notice above the choices, for example about bounces."""


class MailPreferences(Protocol):
    """A part of the site that sends e-mails with preferences."""

    def email_of(self, token: str) -> str:
        """The e-mail address of a token; empty if unknown."""
        ...

    def choices_for(self, address: str) -> MailChoices | None:
        """The choices for an e-mail address; None if there are none."""
        ...

    def save_choices(self, address: str, answers: Mapping[str, str]) -> None:
        """Saves the answers of the form; a missing field changes nothing."""
        ...

    def unsubscribe(self, address: str) -> None:
        """Stops all e-mails to this address at once."""
        ...


mail_preferences: Hook[MailPreferences] = Hook()
"""E-mails beside the newsletter, shown on its page of preferences."""

suppressed_emails: Hook[Callable[[str], bool]] = Hook()
"""E-mail address → whether it is suppressed after hard bounces."""

email_bounced: Hook[Callable[[str, str], None]] = Hook()
"""Called with an e-mail address after a hard bounce, and with the SMTP response."""


@dataclass(frozen=True, slots=True)
class Person:
    """The subject of an export or erasure: an account with a confirmed e-mail address."""

    account: int
    email: str


@dataclass(frozen=True, slots=True)
class PersonalDataHandler:
    """Exports and erases the personal data of an app."""

    export: Callable[[Person], dict[str, Any]]
    """All data, as values for JSON, with readable keys."""
    erase: Callable[[Person, bool], None] = lambda person, keep_text: None
    """Called in the transaction that deletes the account. True: public text stays, without a name. The
    database sets foreign keys to null or cascades by itself."""
    exported_columns: frozenset[str] = frozenset()
    """The foreign keys whose rows `export` contains, such as `articles.Comment.user`."""


personal_data: Hook[PersonalDataHandler] = Hook()
"""Export and erasure of the personal data of an app (`PersonalDataHandler`)."""

email_reachable: Hook[Callable[[str], None]] = Hook()
"""Called with an e-mail address after its owner used a link from an e-mail, so it is reachable."""
