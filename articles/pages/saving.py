"""Saving a static page."""

from django.db import transaction

from articles.body.sanitiser import clean
from articles.embeds.iframes import autoembed
from articles.links.saving import record_links, refer
from articles.pages.models import OldPagePath, Page


def save(page: Page) -> None:
    """Saves the page with a sanitised text; a changed path adds a redirect.

    Raises:
        ValidationError: a field is invalid; nothing was saved.
    """
    page.path = page.path.strip().strip("/")
    page.body = refer(autoembed(clean(page.body)))
    with transaction.atomic():
        before = (
            Page.objects.select_for_update()
            .filter(pk=page.pk)
            .values_list("path", flat=True)
            .first()
        )
        page.full_clean()
        page.save()
        record_links(page, page.body)
        # A path with a page of its own must not redirect to another page.
        OldPagePath.objects.filter(path=page.path).delete()
        if before is not None and before != page.path:
            OldPagePath.objects.update_or_create(path=before, defaults={"page": page})


def moved_to(path: str) -> str:
    """The current path of a published page that was at this path; empty if there is none."""
    former = (
        OldPagePath.objects.filter(path=path.strip("/"), page__is_published=True)
        .select_related("page")
        .defer("page__body")
        .first()
    )
    return former.page.get_absolute_url() if former else ""
