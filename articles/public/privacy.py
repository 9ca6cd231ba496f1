"""What front pages keep of people."""

from django.utils.translation import gettext_lazy

from iria.core.data_inventory import StoredData, declare

PLACING = StoredData(
    title=gettext_lazy("If you make the front page"),
    tables=("articles.placement",),
    what=gettext_lazy("Which article you put where, and when."),
    why=gettext_lazy("So that it can be seen who changed what."),
    how_long=gettext_lazy("As long as the article stands there."),
    order=97,
)


def register() -> None:
    declare("reading", holds=[PLACING])
