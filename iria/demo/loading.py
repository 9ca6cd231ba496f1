"""Loads the demo newsroom, which is an export of a site."""

import json
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial.models import Article
from articles.images.library import decoder_client
from articles.images.models import Image
from articles.images.renditions import save_renditions
from articles.popular import most_read
from articles.popular.models import ArticleViews
from iria.publication.models import Publication, current_publication
from iria.transfer.models import RowOrigins
from iria.transfer.site.importing import import_site

NEWSROOM: Final = Path(__file__).parent / "newsroom"
COLLECTION: Final = "demo"
"""The name of the collection in the origins of its rows."""
EDITOR: Final = "edna@roadstead.example"
"""The e-mail address of the account that can sign in."""


def load(password: str) -> dict[str, int]:
    """Loads the demo; returns the number of rows of each kind.

    Raises:
        Rejected: other content has the same URLs, or another account the editor's e-mail address.
    """
    with transaction.atomic():
        imported = import_site(NEWSROOM, beside_content=True, progress=lambda step: None)
        editor = User.objects.get(email=EDITOR)
        editor.set_password(password)  # An export has no passwords.
        editor.save(update_fields=["password"])
        _move_views_to_today()
    most_read.update_most_read()
    _make_first_renditions()
    return imported.counts


def _move_views_to_today() -> None:
    """The most-read articles are those of the last days; views of other articles stay as they are."""
    of_demo = ArticleViews.objects.filter(article__in=RowOrigins(COLLECTION).rows(Article))
    views = list(of_demo)
    if not views:
        return
    moved = current_publication().local_date(timezone.now()) - max(each.day for each in views)
    of_demo.delete()  # The days of an article are unique while they move, too.
    for each in views:
        each.day += moved
    ArticleViews.objects.bulk_create(views)


def _make_first_renditions() -> None:
    """As after an upload, pages show every image before the worker has made the other files."""
    media = NEWSROOM / "media"
    for image in Image.objects.filter(renditions=None):
        if (original := media / str(image.original)).exists():
            with decoder_client.scratch_folder() as folder:
                ingested = decoder_client.ingest(original, folder)
                save_renditions(image, ingested["made"], folder)


def is_as_loaded(publication: Publication) -> bool:
    """Whether the publication is unchanged since it was loaded."""
    row: dict[str, Any] = json.loads((NEWSROOM / "data/publication.jsonl").read_text("utf-8"))
    del row["resolved_menus"]  # The removed pages are no longer in it.
    return all(getattr(publication, column) == value for column, value in row.items())
