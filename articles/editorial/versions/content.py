"""The content of an article as data: read from its rows, from a revision, and written to its rows."""

from collections.abc import Collection
from itertools import batched
from typing import Any, Final

from django.db.models import CharField, Field, TextField
from django.utils.text import capfirst

from articles.body.captions import clean_caption
from articles.body.sanitiser import clean
from articles.editorial import translations
from articles.editorial.aggregated_rows import replace_rows
from articles.editorial.checklist import NotReady
from articles.editorial.models import Article, ArticleType, Attachment, Figure, Revision
from articles.editorial.models.article import ARTICLE_FIELDS, EDITABLE_FIELDS
from articles.editorial.models.declaration import FormGroup
from articles.editorial.versions import related_rows
from articles.editorial.versions.related_rows import attachments_of, figures_of
from articles.embeds.iframes import autoembed
from articles.images.models import Image
from articles.links.saving import refer, refer_all

Content = dict[str, Any]
"""Field name → value that JSON can hold. Foreign keys are ids, under the name of their column;
`categories` and `authors` are lists of `{"id": …, "name": …}`, in their order, `series` one of at most one;
`series_position` is a number or None; `picks` a list of the ids of articles; `tags` a sorted list of names;
`translation_of` the id of another article, or None."""

FIELDS: Final[dict[str, Field[Any, Any]]] = {
    field.attname: field
    for field in (Article._meta.get_field(name) for name in EDITABLE_FIELDS)
    if isinstance(field, Field)
}
"""Column → editable field."""

COLUMNS: Final = {field.name: column for column, field in FIELDS.items()}
"""Editable field → its column."""

TEXTS: Final = tuple(
    column
    for column, field in FIELDS.items()
    if isinstance(field, CharField | TextField) and field.blank and not field.choices
)
"""The columns with what somebody wrote."""

REVISION_COLUMNS: Final = tuple(
    column
    for column in FIELDS
    if column in {field.attname for field in Revision._meta.concrete_fields}
)
"""What a revision holds in columns; the rest is in `Revision.details`."""

LEAD_IMAGE: Final = tuple(
    COLUMNS[each.name] for each in ARTICLE_FIELDS if each.group == FormGroup.LEAD_IMAGE
)

ADDED_LATER: Final[Content] = {"lead_alt": "", "lead_decorative": False}
"""Fields that a revision from before them does not have, with what they were then."""

IMAGE_COLUMNS: Final = tuple(
    column for column, field in FIELDS.items() if field.related_model is Image
)
"""The images of an article besides those in its text."""

LABELS: Final = {
    COLUMNS.get(each.name, each.name): each.full_label
    or each.label
    or str(capfirst(FIELDS[COLUMNS[each.name]].verbose_name))
    for each in ARTICLE_FIELDS
}
"""Field of `Content` → its name for editors."""


def fields_of(article: Article) -> Content:
    """The article's own fields, without related rows."""
    return {column: getattr(article, column) for column in COLUMNS.values()}


def content_of(article: Article) -> Content:
    """The content in the article's rows, in one query."""
    return contents_of([article])[article.pk]


def contents_of(articles: Collection[Article]) -> dict[int, Content]:
    """`content_of` for several articles, by their ids."""
    rows = related_rows.contents_of(articles)
    return {article.pk: {**fields_of(article), **rows[article.pk]} for article in articles}


def content_of_revision(revision: Revision) -> Content:
    """The content of a revision; one from before 0.3 has the text and the lead image only."""
    columns = {name: getattr(revision, name) for name in REVISION_COLUMNS}
    return {**ADDED_LATER, **(revision.details or {}), **columns}


def columns_of(content: Content) -> dict[str, Any]:
    """The values of a revision that holds this content."""
    details = {name: value for name, value in content.items() if name not in REVISION_COLUMNS}
    return {**{name: content[name] for name in REVISION_COLUMNS}, "details": details}


def sanitised(content: Content) -> Content:
    """The same content with its HTML sanitised and its tags in order; see `sanitised_body`."""
    return sanitised_all([content])[0]


def sanitised_all(contents: Collection[Content]) -> list[Content]:
    """`sanitised` for several contents."""
    texts = [
        text
        for each in contents
        for text in (autoembed(clean(each["body"])), clean_caption(each["lead_caption"]))
    ]
    pairs = batched(refer_all(*texts), 2)
    return [
        {
            **content,
            "tags": sorted(content["tags"]),
            "series_position": content["series_position"] if content["series"] else None,
            "body": body,
            "lead_caption": caption,
        }
        for content, (body, caption) in zip(contents, pairs, strict=True)
    ]


def sanitised_body(body: str) -> str:
    """Sanitised, with URLs alone on a line as embeds and URLs of this site as references."""
    return refer(autoembed(clean(body)))


BLANK: Final[Content] = related_rows.BLANK
"""What a new article has besides its own fields."""


def is_blank(content: Content) -> bool:
    """Whether nothing was written yet."""
    return not any(content[name].strip() for name in TEXTS) and all(
        content[name] is None for name in IMAGE_COLUMNS
    )


def deleted_images(content: Content) -> list[str]:
    """Which of `IMAGE_COLUMNS` name an image that was deleted.

    Nothing protects the images of a draft of a published article or of an old version.
    """
    named = {name: content[name] for name in IMAGE_COLUMNS if content.get(name) is not None}
    if not named:
        return []
    known = Image.objects.in_bulk(set(named.values()))
    return [name for name, pk in named.items() if pk not in known]


def apply(article: Article, content: Content) -> None:
    """Sets the fields of the instance, without saving."""
    for column in COLUMNS.values():
        if column in content:
            setattr(article, column, content[column])


def show(article: Article, content: Content) -> None:
    """Sets the content on an article that was fetched with `for_page()`, without saving."""
    apply(article, content)
    figures = list(figures_of(article))
    images = Image.objects.in_bulk([each.image_id for each in figures])
    article.lead_image = images.get(article.lead_image_id or 0)
    article.kind = ArticleType.objects.get(pk=article.kind_id)
    shown = [each for each in figures if each.image_id in images]
    for each in shown:
        each.image = images[each.image_id]
    replace_rows(article, "figures", Figure, shown)
    attachments = attachments_of(article) if "data-file" in article.body else []
    replace_rows(article, "attachments", Attachment, attachments)
    if "tags" in content:
        related_rows.show(article, content)


def write_relations(article: Article, content: Content, before: Content) -> None:
    """Writes related rows and the translation if they differ from the former content.

    Rows that no longer exist are skipped.

    Raises:
        NotReady: the text has another version in the article's language.
    """
    related_rows.write(article, content, before)
    if changes_translation(content, before):
        _link(article, content["translation_of"])


def changes_translation(content: Content, before: Content) -> bool:
    return any(content[name] != before.get(name) for name in ("language", "translation_of"))


def _link(article: Article, other_id: int | None) -> None:
    other = Article.objects.filter(pk=other_id).first() if other_id else None
    try:
        translations.link(article, other)
    except translations.LanguageTaken as taken:
        message = (
            f"“{taken.other}” is already the {taken.other.get_language_display()} version of this "
            "text. Change the language or the translation."
        )
        raise NotReady([message]) from taken
