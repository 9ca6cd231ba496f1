"""Linking an article to its translations."""

from django.db import transaction

from articles.editorial.models import Article, TranslationGroup
from articles.editorial.models.querysets import ArticleQuerySet


class LanguageTaken(Exception):
    """The text already has a version in this language, `other`."""

    def __init__(self, other: Article) -> None:
        super().__init__(f"{other} is already in this language.")
        self.other = other


def link(article: Article, other: Article | None) -> None:
    """Links two articles as translations of each other; None unlinks the article.

    The article joins all translations of the other one. Repeating it changes nothing. An article in
    the trash loses its link if another one of its language joins.

    Raises:
        LanguageTaken: another article of the text is in the article's language.
    """
    with transaction.atomic():
        # Both rows at once and in one order, so that two editors cannot deadlock.
        article_ids = {article.pk, other.pk} if other else {article.pk}
        rows = Article.objects.select_for_update().order_by("pk").only("translation_group")
        groups = {row.pk: row.translation_group_id for row in rows.filter(pk__in=article_ids)}
        before = groups[article.pk]
        after = groups[other.pk] if other else None
        if before == after and (before is not None or other is None):
            return
        if taken := taken_by(article, other):
            raise LanguageTaken(taken)
        if other is not None and after is None:
            after = TranslationGroup.objects.create().pk
            Article.objects.filter(pk=other.pk).update(translation_group=after)
        if after is not None:
            Article.objects.filter(
                state=Article.State.TRASH, translation_group=after, language=article.language
            ).update(translation_group=None)
        Article.objects.filter(pk=article.pk).update(translation_group=after)
        article.translation_group_id = after
        if before is not None and Article.objects.filter(translation_group=before).count() < 2:
            TranslationGroup.objects.filter(pk=before).delete()


def taken_by(article: Article, other: Article | None) -> Article | None:
    """Which article of the other one's text is in the article's language already."""
    if other is None:
        return None
    if other.language == article.language and not other.is_in_trash:
        return other
    if other.translation_group_id is None:
        return None
    translations = Article.objects.not_in_trash().filter(
        translation_group=other.translation_group_id
    )
    return translations.filter(language=article.language).exclude(pk=article.pk).first()


def translations_of(article: Article) -> list[Article]:
    """The other articles of its text, published or not, by language; without those in the trash."""
    if article.pk is None or article.translation_group_id is None:
        return []
    found = others(article, Article.objects.not_in_trash())
    return list(found.defer("body").order_by("language"))


def others(article: Article, among: ArticleQuerySet) -> ArticleQuerySet:
    """The other articles of its text among these."""
    groups = [article.translation_group_id] if article.translation_group_id else []
    return among.filter(translation_group__in=groups).exclude(pk=article.pk)
