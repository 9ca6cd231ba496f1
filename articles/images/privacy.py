"""What pictures keep of people."""

from django.utils.translation import gettext_lazy

from iria.core.data_inventory import StoredData, declare

PICTURES = StoredData(
    title=gettext_lazy("If you took a picture, or are in one"),
    tables=("articles.image", "articles.photographer", "articles.picturewords"),
    what=gettext_lazy(
        "What the file says of itself: who took it, whom it shows, where and when; and the credit, "
        "which stands with the picture wherever it is shown."
    ),
    why=gettext_lazy("Because a picture needs its credit, and its rights have to be known."),
    how_long=gettext_lazy("As long as the picture is in the library."),
    order=82,
)

KEEPING = StoredData(
    title=gettext_lazy("If you keep the picture library"),
    tables=("articles.collection", "articles.pictureevent", "articles.likeness"),
    what=gettext_lazy("Which pictures you brought, changed, replaced or withdrew, and when."),
    why=gettext_lazy("So that it can be seen who changed what."),
    how_long=gettext_lazy("As long as the picture is in the library."),
    order=94,
)

NOTHING = (
    "articles.agency",
    "articles.collection_pictures",
    "articles.formername",
    "articles.rendition",
)


def register() -> None:
    declare("images", holds=[PICTURES, KEEPING], nothing=NOTHING)
