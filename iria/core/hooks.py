"""Ports: places where a room offers something to whoever asks, without either knowing the other.

A room fills a port in its `AppConfig.ready`; the reader of the port goes through what is there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Hook[T]:
    """A list that rooms add to when Django starts."""

    def __init__(self) -> None:
        self._offers: dict[str, T] = {}

    def register(self, name: str, what: T) -> None:
        """Adds an offer; offering the same name again replaces it, so a reload is harmless."""
        self._offers[name] = what

    def items(self) -> Iterator[tuple[str, T]]:
        """Each offer with its name."""
        return iter(self._offers.items())

    def __iter__(self) -> Iterator[T]:
        return iter(self._offers.values())


@dataclass(frozen=True, slots=True)
class ImageUsage:
    """One place where a picture stands: words for the editor and where to look."""

    label: str
    url: str
    public: bool
    scheduled: bool = False
    """Readers will see it there without anybody looking at it again."""


@dataclass(frozen=True, slots=True)
class DashboardItem:
    """Something that waits for the person who opened the admin."""

    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A thing by name, what is said of it, and where it stands."""

    name: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Report:
    """A short list for the first page of the desk."""

    title: str
    lines: list[ReportLine]
    more_lines: list[ReportLine] = field(default_factory=list)
    """What the list leaves out because it is short, and where all of it stands."""


image_usages: Hook[Callable[[int], list[ImageUsage]]] = Hook()
"""Given a picture's id, every use of it."""

images_in_texts: Hook[Callable[[], set[int]]] = Hook()
"""The ids of the pictures that stand in texts of which no row points at them."""


@dataclass(frozen=True, slots=True)
class IdListReference:
    """Rows that name things by their number in a list, where the database can hold no foreign key."""

    model: str
    """What they name, as in `articles.Category`."""
    verbose_names: tuple[str, str]
    """What editors call one of these rows, and several."""
    count: Callable[[list[int], int], tuple[int, int]]
    """Given numbers and one more: how many rows name one of the first; how many of them the other too."""
    lock: Callable[[list[int]], None]
    """Locks every row that names any of these, in one order, before the first of them changes."""
    repoint: Callable[[int, int], None]
    """What named the first names the second from now on, in the transaction in which they become one."""


id_list_references: Hook[IdListReference] = Hook()
"""Such rows, for whoever makes one thing of several."""

dashboard_items: Hook[Callable[[Any], list[DashboardItem]]] = Hook()
"""Given a user, what waits for them; shown on the first page of the admin."""


@dataclass(frozen=True, slots=True)
class MenuTarget:
    """Something of the site that a menu can lead to."""

    key: str
    name: str
    url: str
    live: bool = True
    """Whether readers find it; what is not live is left out of menus, and reported."""
    default_menu: str = ""
    """The menu that names it as long as nobody has composed one: `header`, `footer` or neither."""


@dataclass(frozen=True, slots=True)
class MenuTargets:
    """A kind of thing that menus can lead to, with its name for editors."""

    label: str
    targets: Callable[[], list[MenuTarget]]


@dataclass(frozen=True, slots=True)
class ScheduledChange:
    """A column of moments at which public pages look otherwise without anything being written."""

    table: str
    column: str
    condition: str = ""
    """In SQL, which rows count; where most of them do not, an index on these alone answers."""


@dataclass(frozen=True, slots=True)
class PictureOutput:
    """Something that leaves the site with a picture, besides what is asked for at an address."""

    name: str
    content: bytes


picture_outputs: Hook[Callable[[int], list[PictureOutput]]] = Hook()
"""Given a picture's id, everything of a kind that would go out with it now: mails, files. Each must name
its credit; `tests/iria/outputs` walks through them and through every address."""

scheduled_changes: Hook[ScheduledChange] = Hook()
"""Such columns: a page's tag follows them (`iria.core.http.cache_versions`). Each needs an index, or few rows."""

menu_targets: Hook[MenuTargets] = Hook()
"""Everything of one kind that a menu can lead to, in the order in which it is offered."""


class InvalidLogo(Exception):
    """The file cannot become an emblem; the message is the sentence for the person who sent it."""


@dataclass(frozen=True, slots=True)
class RenderedLogo:
    """A small picture made anew from pixels, as PNG."""

    png: bytes
    width: int
    height: int


logo_renderers: Hook[Callable[[bytes, list[tuple[int, int]]], list[RenderedLogo]]] = Hook()
"""Given a file and boxes (width, height), the picture fitted into each; raises Undrawable."""

article_search: Hook[Callable[[str], list[int]]] = Hook()
"""Given words, the published articles that readers would find by them, the best first."""

reports: Hook[Callable[[Any], Report | None]] = Hook()
"""Given a user, a short list for them on the first page of the admin, or nothing."""


@dataclass(frozen=True, slots=True)
class MailChoice:
    """One thing that somebody is written to about, and how often they can be."""

    field: str
    """The name under which the form sends the answer."""
    label: str
    options: list[tuple[str, str]]
    """Value and words; an empty value is not being written to."""
    chosen: str
    description: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class MailChoices:
    """What one part of the site writes about, for the page on which a reader chooses."""

    title: str
    choices: list[MailChoice]
    note: str = ""
    """What the reader should know before they choose, such as that mail came back."""


class MailPreferences(Protocol):
    """A part of the site that writes mails which can be chosen and left."""

    def email_of(self, token: str) -> str:
        """Whose token this is; an empty text where nobody has it."""
        ...

    def choices_for(self, address: str) -> MailChoices | None:
        """What is sent to an address now; None where it is nothing."""
        ...

    def save_choices(self, address: str, answers: Mapping[str, str]) -> None:
        """Takes the answers of the form; a field that is missing changes nothing."""
        ...

    def unsubscribe(self, address: str) -> None:
        """Nothing more to this address, at once."""
        ...


mail_preferences: Hook[MailPreferences] = Hook()
"""Whatever writes to readers beside the newsletter, whose page of preferences shows it."""

suppressed_emails: Hook[Callable[[str], bool]] = Hook()
"""Given an address, whether mail to it came back for good, so that nobody writes to it."""

email_bounced: Hook[Callable[[str, str], None]] = Hook()
"""Told an address from which mail came back for good, and in which words."""

email_is_confirmed: Hook[Callable[[Any], bool]] = Hook()
"""Given a user, whether the account's address is known to be theirs."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks for what we hold about them: an account, and an address proven to be theirs."""

    account: int
    email: str


@dataclass(frozen=True, slots=True)
class PersonalDataHandler:
    """What a house holds about people: how it tells them, and how it forgets them."""

    export: Callable[[Person], dict[str, Any]]
    """Everything, as values for JSON, under words that a person understands."""
    erase: Callable[[Person, bool], None]
    """Within the transaction in which the account is deleted; True: words that stand in public stay,
    without a name. Columns that point to the account are emptied by the database by themselves."""
    exported_columns: frozenset[str] = frozenset()
    """The columns that point to an account and of whose rows `tell` speaks, as in `articles.Comment.user`."""


personal_data: Hook[PersonalDataHandler] = Hook()
"""By house: filled by each that keeps something about readers, read where they download or delete it."""

email_reachable: Hook[Callable[[str], None]] = Hook()
"""Told an address whose owner says, by a link that only a mail to it holds, that mail arrives again."""
