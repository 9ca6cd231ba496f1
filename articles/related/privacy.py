"""What reading on keeps of people."""

from django.utils.translation import gettext_lazy

from iria.core.data_inventory import StoredData, declare

CHOOSING = StoredData(
    title=gettext_lazy("If you choose what to read next"),
    tables=("articles.relatedexclusion",),
    what=gettext_lazy("Which proposals you took away, and when."),
    why=gettext_lazy("So that it can be seen who changed what."),
    how_long=gettext_lazy("As long as the article."),
    order=97,
)

NOTHING = (
    "articles.articleterms",
    "articles.rarity",
    "articles.relatedlink",
    "articles.relatedpick",
    "articles.textlink",
)


def register() -> None:
    declare("related", holds=[CHOOSING], nothing=NOTHING)
