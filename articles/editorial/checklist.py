"""The check before publishing: blockers of an article, and suggestions."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.text import Truncator

from articles.body.blocks.files import file_ids_in
from articles.body.blocks.images import figures_in
from articles.body.rendering import plain_text
from articles.editorial.models import Article, Figure
from articles.editorial.models.mixins import NO_PUBLICATION_NAME
from articles.files.hooks import blockers
from articles.files.models import File
from articles.images import usage_check
from articles.images.models import Image
from articles.images.models.rights import Channel
from articles.links.targets import HiddenLink, hidden_links
from iria.core.blockers import Blocked, Blocker

MAX_LINK_TEXT_LENGTH: Final = 80


class NotReady(Blocked):
    """The article cannot be published, or not with the images that were added."""


def publish_blockers(
    article: Article,
    *,
    at: datetime | None = None,
    images: list[Image] | None = None,
    has_category: bool | None = None,
) -> list[Blocker]:
    """Why this article cannot be published, each with a link to fix it.

    Args:
        at: the time of publication, for a scheduled article; now if not given.
        images: `images_of(article)`, if the caller has them.
        has_category: whether it has a category, if the caller knows.
    """
    form_url = article.get_admin_url()
    found = text_blockers(article, has_category=has_category)
    if images is None:
        images = images_of(article)
    found += usage_check.blockers(
        images,
        channels=usage_channels(article, at),
        at=at,
        described=described_images(article),
    )
    known = {image.pk for image in images}
    missing = sorted({use.image_id for use in figures_in(article.body)} - known)
    found += [
        Blocker(
            f"Image number {number} is not in the library. Remove it from the text or choose "
            "another.",
            f"{form_url}#id_body",
            "View text",
        )
        for number in missing
    ]
    return found + file_blockers(article, at=at)


def file_blockers(article: Article, *, at: datetime | None = None) -> list[Blocker]:
    """What keeps the files in its text from being published. No query for a text without files."""
    wanted = file_ids_in(article.body)
    if not wanted:
        return []
    files = File.objects.in_bulk(wanted)
    return blockers(files.values(), at=at) + [
        Blocker(
            f"File number {number} is not in the library. Remove it from the text or choose another.",
            f"{article.get_admin_url()}#id_body",
            "View text",
        )
        for number in sorted(wanted - files.keys())
    ]


def check_not_in_trash(article: Article) -> None:
    """Raises NotReady if it is."""
    if article.is_in_trash:
        raise NotReady(["The article is in the trash. Restore it first."])


def headline_blockers(article: Article) -> list[Blocker]:
    """Only a draft may have no headline."""
    if article.headline.strip():
        return []
    message = "No headline. Write one before you publish."
    return [Blocker(message, f"{_form_url(article)}#id_headline", "Write headline")]


def original_blockers(article: Article) -> list[Blocker]:
    """An original URL without its name, which drafts saved by earlier releases may have."""
    if not article.first_published_url or article.first_published_in:
        return []
    return [
        Blocker(NO_PUBLICATION_NAME, f"{_form_url(article)}#id_first_published_in", "Enter name")
    ]


def text_blockers(article: Article, *, has_category: bool | None = None) -> list[Blocker]:
    """What is missing in the words, the credits and the categories of the article."""
    form_url = _form_url(article)
    found = headline_blockers(article) + original_blockers(article)
    if not plain_text(article.body).strip():
        message = "The text is empty. Write it before you publish."
        found.append(Blocker(message, f"{form_url}#id_body", "Write text"))
    if has_category is None:
        has_category = article.article_categories.exists()
    if not has_category:
        message = "No category. Choose at least one."
        found.append(Blocker(message, f"{form_url}#id_chosen_categories_0", "Choose category"))
    return found + link_blockers(article)


def link_blockers(article: Article) -> list[Blocker]:
    """Internal links that lead to something deleted or unpublished.

    A target that was never published does not block, or two articles that link to each other could
    not be published.
    """
    return [
        Blocker(_broken(link), url, label)
        for link, url, label in _hidden_links(article)
        if link.is_broken
    ]


def _hidden_links(article: Article) -> Iterator[tuple[HiddenLink, str, str]]:
    """Each with the URL and the name of a link to its field."""
    form_url = _form_url(article)
    for link in hidden_links(article.body):
        yield link, f"{form_url}#id_body", "View text"
    for link in hidden_links(article.lead_caption):
        yield link, f"{form_url}#id_lead_caption", "View caption"


def _broken(link: HiddenLink) -> str:
    text = _shortened(link)
    if link.target is None:
        return f"The link “{text}” is broken: its target was deleted. Change or remove the link."
    return f"The link “{text}” is broken: its target is not published any more. Change or remove the link."


def _shortened(link: HiddenLink) -> str:
    return Truncator(link.text).chars(MAX_LINK_TEXT_LENGTH)


def blockers_of_new_images(
    article: Article, lead: int | None, others: Collection[int]
) -> list[Blocker]:
    """Why a published article may not get these images; those it has already may stay.

    An image whose licence has expired is hidden, so the article can still be edited. An image
    without credit from before credits were required may stay too, but not be used again, nor
    beside another lead image: then PostgreSQL checks the whole article again.

    Args:
        lead: the id of the lead image.
        others: the ids of images in the text and in link previews, one for each use.
    """
    uses = Counter([*([] if lead is None else [lead]), *others])
    if not article.is_published or not uses:
        return []
    figures = article.figures.values_list("image_id", "place")
    before = Counter(number for number, _ in figures)
    new_lead = lead != next((pk for pk, place in figures if place == Figure.Place.LEAD), None)
    repeated = [pk for pk in before if uses[pk] and (new_lead or uses[pk] > before[pk])]
    new = Image.objects.filter(pk__in=uses.keys() - before.keys()).order_by("pk")
    used_again = Image.objects.filter(pk__in=repeated).order_by("pk")
    return [
        *usage_check.blockers(
            new, channels=usage_channels(article), described=described_images(article)
        ),
        *usage_check.without_credit(used_again),
    ]


def suggestions(article: Article, *, has_author: bool) -> list[Blocker]:
    """What would improve the article and does not block publishing."""
    form_url = _form_url(article)
    found = []
    if not article.standfirst.strip():
        message = "No standfirst. Add a sentence that says why this matters."
        found.append(Blocker(message, f"{form_url}#id_standfirst", "Write standfirst"))
    if not has_author:
        message = "No author. Choose at least one."
        found.append(Blocker(message, f"{form_url}#id_signed_by_0", "Choose author"))
    found += [
        Blocker(
            f"The target of the link “{_shortened(link)}” is not published yet. Until then readers "
            "see plain text.",
            url,
            label,
        )
        for link, url, label in _hidden_links(article)
        if not link.is_broken
    ]
    return found


def _form_url(article: Article) -> str:
    """The URL of the form of a saved article; for a new one, the page itself."""
    return article.get_admin_url() if article.pk else ""


def images_of(article: Article) -> list[Image]:
    """Every image of the text and the fields of this instance, each once; they may be those of a draft."""
    field_images = (article.lead_image_id, article.social_image_id)
    used = {use.image_id for use in figures_in(article.body)}
    used.update(pk for pk in field_images if pk is not None)
    return list(Image.objects.filter(pk__in=used).select_related("agency").order_by("pk"))


def described_images(article: Article) -> set[int]:
    """The ids of images that each of their uses in the article describes or marks as decorative."""
    uses = [(use.image_id, use.is_described) for use in figures_in(article.body)]
    if article.lead_image_id is not None:
        uses.append((article.lead_image_id, article.lead_image_is_described))
    return {pk for pk, _ in uses} - {pk for pk, is_described in uses if not is_described}


def usage_channels(article: Article, at: datetime | None = None) -> list[Channel]:
    """Where its images would appear: on the site, and in the archive if the article is old."""
    is_archived = article.is_archived_at(at or timezone.now())
    return [Channel.SITE, Channel.ARCHIVE] if is_archived else [Channel.SITE]
