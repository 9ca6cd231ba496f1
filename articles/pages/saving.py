"""Keeping a page."""

from django.db import transaction

from articles.body.sanitiser import clean
from articles.embeds.autoembed import autoembed
from articles.pages.models import OldPagePath, Page


def save(page: Page) -> None:
    """Saves the page with only what may stand in a text; its old address leads to the new one.

    Raises:
        ValidationError: a field is not as it should be; nothing was saved.
    """
    page.path = page.path.strip().strip("/")
    page.body = autoembed(clean(page.body))
    with transaction.atomic():
        before = (
            Page.objects.select_for_update()
            .filter(pk=page.pk)
            .values_list("path", flat=True)
            .first()
        )
        page.full_clean()
        page.save()
        # What stands somewhere now needs no way there, whoever once stood there.
        OldPagePath.objects.filter(path=page.path).delete()
        if before is not None and before != page.path:
            OldPagePath.objects.update_or_create(path=before, defaults={"page": page})


def moved_to(path: str) -> str:
    """Where the page that once stood at a path stands now; an empty text where readers find none."""
    former = (
        OldPagePath.objects.filter(path=path.strip("/"), page__is_published=True)
        .select_related("page")
        .defer("page__body")
        .first()
    )
    return former.page.get_absolute_url() if former else ""
