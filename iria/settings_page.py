"""The page “Settings” of the admin: everything that is set once, in groups, with one fact each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.urls import reverse

from iria.core import hooks

NAMES_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Setting:
    """A page of the settings: a model, or a part of the form of the publication."""

    name: str
    icon: str
    """Its name in static/iria_admin/icons.svg."""
    fact: str | Callable[[str], str]
    """One line, or a function that returns it for the model."""
    model: str = "iria.publication"
    part: str = ""
    """The part of the publication's form (`iria.publication.admin.PARTS`)."""
    url: str = ""
    """Name of the URL, if it is neither."""
    page: str = ""
    """Name of the URL of a page that an app may have registered (`hooks.admin_pages`)."""
    for_superusers: bool = False


@dataclass(frozen=True, slots=True)
class ShownSetting:
    name: str
    icon: str
    fact: str
    url: str


def count(singular: str, plural: str) -> Callable[[str], str]:
    """Returns a function that counts the rows of a model in words."""

    def count_rows(label: str) -> str:
        number = apps.get_model(label)._default_manager.count()
        return f"1 {singular}" if number == 1 else f"{number} {plural}"

    return count_rows


def names(label: str) -> str:
    """The first names of a model, and how many more there are."""
    all_names = list(apps.get_model(label)._default_manager.values_list("name", flat=True))
    more = len(all_names) - NAMES_SHOWN
    listed = ", ".join(all_names[:NAMES_SHOWN])
    return f"{listed} and {more} more" if more > 0 else listed or "None yet"


GROUPS: Final = {
    "Publication": (
        Setting("Name and contact", "page", "Name, tagline, postal address, ISSN", part="name"),
        Setting("Logo and accent", "image", "Logo, site icon, accent colour", part="look"),
        Setting(
            "Appearance",
            "preview",
            "Theme, colours, sizes",
            url="admin:iria_publication_appearance",
        ),
        Setting("Languages and time", "paragraph", "Languages, time zone, first year", part="time"),
        Setting("Menus", "menu", "Header and footer of every page", part="menus"),
    ),
    "Newsletter": (
        Setting("Newsletters", "newsletter", names, model="newsletter.newsletter"),
        Setting("Digest rules", "schedule", count("rule", "rules"), model="newsletter.digestrule"),
        Setting(
            "Sending limits",
            "history",
            "How many e-mails a second",
            model="newsletter.sendinglimit",
        ),
    ),
    "Articles and images": (
        Setting("Article types", "articles", names, model="articles.articletype"),
        Setting("Most read", "numbered-list", "Most read articles on the front page", part="front"),
        Setting("Image credits", "images", "How a credit is written", part="credits"),
        Setting("Sharing", "external", "Social media and share links", part="sharing"),
        Setting(
            "Embeds",
            "embed",
            "Providers whose videos and posts may be shown",
            model="articles.embedprovider",
        ),
        Setting("Link cards", "link", count("card", "cards"), model="articles.linkcard"),
    ),
    "Comments": (
        Setting("Comment policy", "comments", "Who may comment, and for how long", part="comments"),
        Setting(
            "Screening rules",
            "required",
            "What is held for moderation",
            model="articles.screeningrule",
        ),
        Setting(
            "Screened words", "strikethrough", count("word", "words"), model="articles.screenedword"
        ),
        Setting(
            "Rejection reasons",
            "close",
            count("reason", "reasons"),
            model="articles.rejectionreason",
        ),
        Setting(
            "Spam filter",
            "discard",
            count("version", "versions"),
            model="articles.spammodelversion",
        ),
    ),
    "Search and feeds": (
        Setting("Synonyms", "find", count("group", "groups"), model="articles.synonyms"),
        Setting("Pinned results", "done", count("query", "queries"), model="articles.pinnedquery"),
        Setting("Feeds", "link", "Full text or summaries", part="feeds"),
    ),
    "Operations": (
        Setting("Imports", "upload", "Move in from another system", model="transfer.importrun"),
        Setting(
            "Site health",
            "check",
            "Database, worker, e-mail, storage, https",
            page="health",
            for_superusers=True,
        ),
    ),
}


def groups(
    models: Iterable[dict[str, Any]], query: str, *, is_superuser: bool
) -> dict[str, list[ShownSetting]]:
    """Returns the settings whose model the user may see, in groups; those that match the query.

    Args:
        models: the models of the entry “Settings” in the navigation.
    """
    visible = {model["model"]._meta.label_lower: model for model in models if "model" in model}
    shown: dict[str, list[ShownSetting]] = {}
    for group, settings in GROUPS.items():
        for setting in settings:
            if setting.model not in visible or (setting.for_superusers and not is_superuser):
                continue
            if setting.page and not hooks.admin_pages.get(setting.page):
                continue
            fact = setting.fact if isinstance(setting.fact, str) else setting.fact(setting.model)
            if _matches(query, group, setting.name, fact):
                url = _url(setting, visible[setting.model])
                shown.setdefault(group, []).append(
                    ShownSetting(setting.name, setting.icon, fact, url)
                )
    placed = {setting.model for settings in GROUPS.values() for setting in settings}
    for label, model in visible.items():
        if label not in placed and _matches(query, model["name"]):
            other = ShownSetting(model["name"], "more", "", model["url"])
            shown.setdefault("Other", []).append(other)
    return shown


def _matches(query: str, *texts: str) -> bool:
    text = " ".join(map(str, texts)).casefold()
    return all(word in text for word in query.casefold().split())


def _url(setting: Setting, model: dict[str, Any]) -> str:
    if name := setting.url or (setting.page and f"admin:{setting.page}"):
        return reverse(name)
    if setting.part:
        return f"{reverse('admin:iria_publication_change', args=[1])}?part={setting.part}"
    return str(model["url"])
