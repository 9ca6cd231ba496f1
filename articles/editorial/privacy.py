"""What articles and their making keep of people."""

from django.utils.translation import gettext_lazy

from iria.core.data_inventory import StoredData, declare

MAKING = StoredData(
    title=gettext_lazy("If you write or edit"),
    tables=(
        "articles.article",
        "articles.byline",
        "articles.portrait",
        "articles.correction",
        "articles.revision",
        "articles.statechange",
    ),
    what=gettext_lazy(
        "What you signed, with your portrait; every version you saved, and what you published, "
        "withdrew or corrected, with the time."
    ),
    why=gettext_lazy("So that a text can be traced and an earlier version brought back."),
    how_long=gettext_lazy("As long as the article."),
    order=92,
)

NOTHING = (
    "articles.articlecategory",
    "articles.articletag",
    "articles.category",
    "articles.figure",
    "articles.kind",
    "articles.listingcount",
    "articles.listingentry",
    "articles.listingrecheck",
    "articles.redirect",
    "articles.series",
    "articles.seriespart",
    "articles.translationgroup",
    "taggit.tag",
    "taggit.taggeditem",
)


def register() -> None:
    declare("editorial", holds=[MAKING], nothing=NOTHING)
