"""What the search keeps of people: nothing of those who search."""

from django.utils.translation import gettext_lazy

from iria.core.data_inventory import StoredData, declare

COUNTS = StoredData(
    title=gettext_lazy("If you search"),
    tables=("articles.searchcount",),
    what=gettext_lazy(
        "How often words were searched for on a day, and what was found. Nothing about who asked; "
        "words that could tell of a person are not counted at all."
    ),
    why=gettext_lazy("So that editors know what readers look for and do not find."),
    how_long=gettext_lazy("What was asked once, 30 days; everything else, 400 days."),
    order=88,
)

TENDING = StoredData(
    title=gettext_lazy("If you tend the search"),
    tables=("articles.pinnedquery", "articles.synonyms"),
    what=gettext_lazy("Which searches and words of like meaning you set up."),
    why=gettext_lazy("So that it can be seen who changed what."),
    how_long=gettext_lazy("As long as they are there."),
    order=97,
)

NOTHING = (
    "articles.pinnedresult",
    # Words of published articles, with those of their authors' names.
    "articles.searchchange",
    "articles.searchentry",
    "articles.searchlanguage",
    "articles.searchlexeme",
    "articles.searchposting",
    "articles.searchword",
)


def register() -> None:
    declare("search", holds=[COUNTS, TENDING], nothing=NOTHING)
