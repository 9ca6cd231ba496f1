"""What the search stores about people: nothing about those who search."""

from django.utils.translation import gettext_lazy

from iria.core.model_policy import StoredData

QUERIES = StoredData(
    title=gettext_lazy("Search queries"),
    what=gettext_lazy(
        "How often a query was made on a day, and how many results it had. Nothing about who searched; "
        "queries that could identify a person are not counted."
    ),
    purpose=gettext_lazy("To let editors know what readers look for and do not find."),
    retention=gettext_lazy("Queries made once: 30 days. All others: 400 days."),
    order=88,
)

SETTINGS = StoredData(
    title=gettext_lazy("Search settings"),
    what=gettext_lazy("If you manage the search: which pinned results and synonyms you set up."),
    purpose=gettext_lazy("To record who changed what."),
    retention=gettext_lazy("As long as the entry."),
    order=97,
)
