"""Drafts: what editors write, beside what readers see.

The row of an article that is not published is its draft. A published article keeps its rows, and its
changes wait in a `Draft` until they are published, at once or at a time, or discarded.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.body.blocks.files import file_ids_in
from articles.body.blocks.images import figures_in
from articles.body.references import hrefs_in
from articles.editorial import article_urls, permissions, translations
from articles.editorial.checklist import (
    NotReady,
    check_not_in_trash,
    headline_blockers,
    original_blockers,
)
from articles.editorial.models import Article, Draft, Revision
from articles.editorial.models.mixins import NO_PUBLICATION_NAME
from articles.editorial.versions import revisions
from articles.editorial.versions.content import (
    BLANK,
    COLUMNS,
    IMAGE_COLUMNS,
    LABELS,
    LEAD_IMAGE,
    REVISION_COLUMNS,
    Content,
    apply,
    changes_translation,
    content_of,
    content_of_revision,
    deleted_images,
    sanitised,
    write_relations,
)
from articles.editorial.versions.related_rows import record_attachments, record_figures
from articles.editorial.versions.revisions import SAVED, Reason
from articles.links.saving import record_links


@dataclass(frozen=True, slots=True)
class Opened:
    """What an editor works on."""

    content: Content
    draft: Draft | None
    """None: the content is that of the article's rows."""


def open_for_editing(article: Article) -> Opened:
    """The article as its editors see it; its fields are set to those of the draft.

    Saving the instance by itself would publish them. An article that was fetched with its draft
    saves a query.
    """
    fetched = Article.draft.is_cached(article)
    draft = getattr(article, "draft", None) if fetched else _draft_beside(article)
    opened = _opened(article, draft)
    apply(article, opened.content)
    return opened


def _draft_beside(article: Article) -> Draft | None:
    return draft_of(article) if article.is_published else None


def _opened(article: Article, draft: Draft | None) -> Opened:
    if draft is None:
        return Opened(content_of(article), None)
    return Opened(_content_of_draft(article, draft), draft)


def _content_of_draft(article: Article, draft: Draft) -> Content:
    """A draft from a release with fewer fields has those of the article."""
    content = content_of_revision(draft.revision)
    complete = content.keys() >= {*COLUMNS.values(), *BLANK}
    return content if complete else content_of(article) | content


def draft_of(article: Article) -> Draft | None:
    return Draft.objects.select_related("revision").filter(article=article.pk).first()


def create_article(
    article: Article, content: Content, *, by: User | None, reason: Reason = Reason.SAVE
) -> Revision:
    """Saves a new article with this content.

    Raises:
        NotReady: the text has another version in the article's language.
    """
    with transaction.atomic():
        written = sanitised(content)
        apply(article, written)
        if article.slug in article_urls.RESERVED:
            article.slug = article_urls.proposed_slug(article)
        article.created_by, article.version = by, 1
        article.save()
        record_figures(article)
        if file_ids_in(article.body):
            record_attachments(article)
        if hrefs_in(article.body, article.lead_caption):
            record_links(article, article.body, article.lead_caption)
        write_relations(article, written, {**BLANK, "language": article.language})
        return revisions.add(article, written, by=by, reason=reason)


def save(
    article: Article,
    content: Content,
    *,
    by: User | None,
    reason: Reason = Reason.SAVE,
) -> Revision:
    """Saves what an editor wrote; readers of a published article see nothing of it.

    Sets `article.version` to the new version. The same content as before changes nothing.

    Args:
        content: fields that are missing stay as they are.

    Raises:
        NotReady: the text has another version in the article's language or is in the trash, or
            its original URL has no name.
    """
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        revision = save_locked(current, content, by=by, reason=reason)
    article.version, article.modified_at = current.version, current.modified_at
    return revision


def save_locked(
    article: Article,
    content: Content,
    *,
    by: User | None,
    reason: Reason,
    opened_at: int | None = None,
    overrules: bool = False,
) -> Revision:
    """`save` for a row that was locked, and not changed, in this transaction.

    Args:
        opened_at: the version that the editor opened, if it was not checked before.
        overrules: see `revisions.add`.

    Raises:
        EditConflict: the article was saved since.
        NotReady: as `save`.
    """
    check_not_in_trash(article)
    if opened_at is not None and article.version != opened_at:
        raise revisions.EditConflict(
            article.version, article.revisions.select_related("created_by").first()
        )
    opened = _opened(article, _draft_beside(article))
    written = sanitised(opened.content | content)
    if written == opened.content:
        return revisions.add(article, written, by=by, reason=reason, unchanged=True)
    return _save_changed(article, opened, written, by, reason, overrules=overrules)


def _save_changed(
    article: Article,
    opened: Opened,
    content: Content,
    by: User | None,
    reason: Reason,
    *,
    overrules: bool = False,
) -> Revision:
    if content["first_published_url"] and not content["first_published_in"]:
        # Such as a version of which one field was restored.
        raise NotReady([NO_PUBLICATION_NAME])
    article.version += 1
    if not article.is_published:
        _write(article, content, opened.content)
        return revisions.add(article, content, by=by, reason=reason, overrules=overrules)
    article.save(update_fields=["version", "modified_at"])
    revision = revisions.add(article, content, by=by, reason=reason, overrules=overrules)
    if opened.draft is None:
        Draft.objects.create(article=article, revision=revision)
    elif opened.draft.revision_id != revision.pk:
        Draft.objects.filter(pk=opened.draft.pk).update(revision=revision)
    return revision


def restore(
    article: Article, revision: Revision, *, by: User, names: Collection[str] = ()
) -> Revision:
    """Makes an earlier revision the draft; readers see nothing of it until it is published.

    A lead image or social image that was deleted since is not restored.

    Args:
        names: the fields to restore, as in `Content`; all that the revision holds if not given.

    Raises:
        NotReady: as `save`.
    """
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        check_not_in_trash(current)
        opened = _opened(current, _draft_beside(current))
        restored = content_of_revision(revision)
        content = opened.content | {
            name: restored[name] for name in names or restored if name in restored
        }
        content |= dict.fromkeys(deleted_images(content))
        if content == opened.content:
            return revisions.add(current, content, by=by, reason=Reason.RESTORE)
        new_revision = _save_changed(current, opened, content, by, Reason.RESTORE)
        new_revision.restored_from = revision.number
        new_revision.save(update_fields=["restored_from"])
    article.version = current.version
    return new_revision


def write_draft(article: Article, draft: Draft) -> None:
    article.version += 1
    _write(article, _content_of_draft(article, draft), content_of(article))


def _write(article: Article, content: Content, before: Content) -> None:
    """Writes the content to the rows of a locked article."""
    apply(article, content)
    if found := original_blockers(article):
        raise NotReady(found)
    is_unpublished = article.state in (Article.State.DRAFT, Article.State.UNPUBLISHED)
    if not is_unpublished and (found := headline_blockers(article)):
        raise NotReady(found)
    if changed := [name for name in IMAGE_COLUMNS if content[name] != before[name]]:
        _check_not_deleted(content, changed)
    if article.slug in article_urls.RESERVED:
        article.slug = article_urls.proposed_slug(article)
    article_urls.update_slug(article)
    if article.is_published and any(content[name] != before[name] for name in REVISION_COLUMNS):
        article.updated_at = timezone.now()
    if changes_translation(content, before):
        # With its new language the article might conflict with its own translation.
        translations.link(article, None)
    article.save(update_fields=SAVED)
    if _uses(content) != _uses(before):
        record_figures(article)
    if file_ids_in(content["body"]) != file_ids_in(before["body"]):
        record_attachments(article)
    if _hrefs(content) != _hrefs(before):
        record_links(article, content["body"], content["lead_caption"])
    write_relations(article, content, before)


def _check_not_deleted(content: Content, changed: Collection[str]) -> None:
    for name in deleted_images(content):
        if name in changed:
            raise NotReady(
                [f"The {LABELS[name].lower()} is no longer in the library. Choose another one."]
            )


def _hrefs(content: Content) -> list[str]:
    return hrefs_in(content["body"], content["lead_caption"])


def _uses(content: Content) -> tuple[Any, ...]:
    """What figure rows are made of."""
    lead = (content[name] for name in LEAD_IMAGE)
    return *lead, content["social_image_id"], list(figures_in(content["body"]))


def discard_changes(article: Article, *, by: User) -> None:
    """Deletes the draft of a published article; its revisions stay in the history."""
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        deleted, _ = Draft.objects.filter(article=current).delete()
        if deleted:
            # The newest revision says what editors see now.
            revisions.add(current, content_of(current), by=by, reason=Reason.DISCARD)
            current.version += 1
            current.save(update_fields=["version", "modified_at"])
    article.refresh_from_db()


COPY_SUFFIX: Final = " (copy)"


def duplicate(article: Article, *, by: User, form_id: uuid.UUID | None = None) -> Article:
    """A new draft with the content of the article, or of its draft if the user may see it.

    It has no URL and is linked to no translation. What belongs to the publication stays with the
    original: comments, corrections, versions and dates.

    Args:
        form_id: that of the button that was pressed, so that pressing it twice makes one copy.
    """
    original = Article.objects.get(pk=article.pk)
    sees_draft = permissions.may_see_draft(by, original)
    content = open_for_editing(original).content if sees_draft else content_of(original)
    changed = {
        "headline": _headline(content["headline"]),
        "slug": "",
        "translation_of": None,
        # A draft that an earlier release saved may have the URL without its name.
        "first_published_url": content["first_published_in"] and content["first_published_url"],
        **dict.fromkeys(deleted_images(content)),
    }
    copy = Article(form_id=form_id)
    create_article(copy, content | changed, by=by)
    return copy


def _headline(headline: str) -> str:
    longest = Article._meta.get_field("headline").max_length or 0
    marked = f"{headline}{COPY_SUFFIX}" if headline else ""
    return marked if len(marked) <= longest else headline
