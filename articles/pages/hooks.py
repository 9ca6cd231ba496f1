"""What static pages register: menu targets, targets of internal links, and where images are used."""

import re
from typing import Any, Final

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Concat
from django.urls import reverse

from articles.body.blocks.files import file_ids_in
from articles.embeds.link_cards import urls_in
from articles.files import hooks as files_hooks
from articles.links.models import InternalLink
from articles.links.targets import GONE, PUBLIC, LinkKind
from articles.pages.models import OldPagePath, Page
from iria.core.hooks import ImageUsage, MenuName, MenuTarget


def menu_targets() -> list[MenuTarget]:
    """Every page; originals with a position are in the footer by default."""
    rows = Page.objects.only(
        "title", "path", "position", "is_published", "language", "translation_of"
    )
    translations: dict[int, dict[str, MenuName]] = {}
    for row in rows:
        if row.is_published:
            name = MenuName(row.title, row.get_absolute_url())
            # Also of itself: a link to a translation is in its language.
            for pk in {row.pk, row.translation_of_id or row.pk}:
                translations.setdefault(pk, {})[row.language] = name
    return [
        MenuTarget(
            key=str(row.pk),
            name=row.title,
            url=row.get_absolute_url(),
            live=row.is_published,
            default_menu="footer" if row.position is not None and not row.translation_of_id else "",
            translations=translations.get(row.pk, {}),
        )
        for row in rows
    ]


NAME: Final = "page"

DATA_IMAGE: Final = re.compile(r'data-image="(\d{1,18})"', re.ASCII)
"""Texts are sanitised, so the attribute always has this form."""


def files_in_pages(file_id: int) -> list[ImageUsage]:
    """The pages with the file, or a link to it, in their text."""
    linking = InternalLink.objects.filter(target_kind=files_hooks.NAME, target_id=file_id)
    linked = Q(pk__in=linking.filter(page__isnull=False).values("page"))
    return _usages(Q(body__contains=f'data-file="{file_id}"') | linked)


def images_in_pages(image_id: int) -> list[ImageUsage]:
    """The pages with the image in their text."""
    return _usages(Q(body__contains=f'data-image="{image_id}"'))


def _usages(condition: Q) -> list[ImageUsage]:
    pages = Page.objects.filter(condition).order_by("pk")
    return [
        ImageUsage(
            label=f"Page “{page.title}”",
            url=reverse("admin:articles_page_change", args=[page.pk]),
            public=page.is_published,
        )
        for page in pages.only("title", "is_published")
    ]


def images_in_texts() -> set[int]:
    """The ids of all images in the texts of pages."""
    texts = Page.objects.filter(body__contains="data-image=").values_list("body", flat=True)
    return {int(number) for text in texts for number in DATA_IMAGE.findall(text)}


def files_in_texts() -> set[int]:
    """The ids of all files in the texts of pages."""
    texts = Page.objects.filter(body__contains="data-file=").values_list("body", flat=True)
    return {number for text in texts for number in file_ids_in(text)}


def embedded_urls() -> set[str]:
    """The URLs of all embeds in the texts of pages."""
    texts = Page.objects.filter(body__contains="data-embed=")
    return urls_in(texts.values_list("body", flat=True))


def _path(column: str) -> Concat:
    return Concat(Value("/"), column, Value("/"), output_field=CharField())


def _targets() -> "QuerySet[Any]":
    """A page that is not published counts as unpublished: pages have no drafts."""
    return Page.objects.annotate(
        link_kind=Value(NAME, CharField()),
        link_id=F("pk"),
        link_title=F("title"),
        link_path=_path("path"),
        link_status=Case(When(is_published=True, then=Value(PUBLIC)), default=Value(GONE)),
        link_state=Case(
            When(is_published=True, then=Value("published")), default=Value("withdrawn")
        ),
    )


def _at_paths(paths: list[str]) -> "list[QuerySet[Any]]":
    wanted = [path.strip("/") for path in paths]
    former = OldPagePath.objects.filter(path__in=wanted).annotate(
        link_kind=Value(NAME, CharField()), link_id=F("page_id"), link_path=_path("path")
    )
    return [former, _targets().filter(path__in=wanted)]


def _offered(user: Any) -> "QuerySet[Any]":
    """Editors see every page, and others what readers see."""
    rows = _targets().order_by("-pk")
    return rows if user.has_perm("articles.view_page") else rows.filter(is_published=True)


PAGES: Final = LinkKind(
    label="Pages",
    targets=_targets,
    at_paths=_at_paths,
    offered=_offered,
    admin_url=lambda pk: reverse("admin:articles_page_change", args=[pk]),
)
