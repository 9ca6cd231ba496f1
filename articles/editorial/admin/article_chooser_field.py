"""A field for one article: chosen from a list of the newest, or by its URL.

The list is a `datalist`, which browsers show without JavaScript. Older articles can be entered by
their URL or headline.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField, Value

from articles.editorial.models import Article
from articles.editorial.models.article import UNTITLED
from articles.editorial.models.querysets import ArticleQuerySet

OFFERED: Final = 150
CHOSEN: Final = re.compile(r"\[([1-9][0-9]{0,17})\]\s*$")
ARTICLE_PATH: Final = re.compile(r"^/([0-9]{4})/(0[1-9]|1[0-2])/([-\w]+)/?$")
SHOWN: Final = ("headline", "language", "year", "month", "slug", "state")


class NamedArticleWidget(forms.TextInput):
    """A text input with a `datalist` of its own; `offers` fills it."""

    template_name = "admin/articles/article/_article_chooser.html"
    offers: Iterable[str] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{name}-list"
        return {**context, "offers": list(self.offers)}


class NamedArticleField(forms.CharField):
    """Accepts “Headline [12]” as in the list, a URL, or a headline that only one article has.

    Args:
        offers: the id of a `datalist` that the page has already; without it the field has its own.
    """

    def __init__(self, articles: ArticleQuerySet, *, offers: str = "", **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("max_length", 500)
        attrs = {"class": "vTextField", "autocomplete": "off"}
        widget = forms.TextInput({**attrs, "list": offers}) if offers else NamedArticleWidget(attrs)
        super().__init__(widget=widget, **options)
        self.articles = articles

    def prepare_value(self, value: Any) -> Any:
        return named(value) if isinstance(value, Article) else value

    def clean(self, value: Any) -> Article | None:
        """The article, or None where the field is empty.

        Raises:
            ValidationError: no article matches, or several do.
        """
        text = super().clean(value)
        if not text:
            return None
        found = list(self._matching(text).only(*SHOWN)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            message = (
                "Several articles have this headline. Choose one from the list or paste its URL."
            )
        else:
            message = (
                f"No article “{text[:80]}” can be used here. Choose one from the list or paste "
                "its URL."
            )
        raise ValidationError(message, code="article")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").strip()

    def _matching(self, text: str) -> ArticleQuerySet:
        if chosen := CHOSEN.search(text):
            return self.articles.filter(pk=int(chosen[1]))
        try:
            path = unquote(urlsplit(text).path)
        except ValueError:
            path = ""
        if match := ARTICLE_PATH.match(path):
            year, month, slug = match.groups()
            return self.articles.filter(year=int(year), month=int(month), slug=slug)
        return self.articles.filter(headline__iexact=text)


class Listed(NamedTuple):
    """An article in a list, without a model for each."""

    pk: int
    headline: str
    language: str

    def __str__(self) -> str:
        return self.headline or UNTITLED


def named(article: Article | Listed) -> str:
    """The label of an article in the list and the field."""
    return f"{article.headline} [{article.pk}]"


def listed(lists: Mapping[str, ArticleQuerySet]) -> dict[str, list[Listed]]:
    """Several lists of articles, the newest first, in one query."""
    rows = [
        articles.annotate(list_name=Value(name, CharField())).values_list(
            "list_name", "pk", "headline", "language"
        )
        for name, articles in lists.items()
    ]
    found: dict[str, list[Listed]] = {name: [] for name in lists}
    for name, pk, headline, language in rows[0].union(*rows[1:], all=True).order_by("-pk"):
        found[name].append(Listed(pk, headline, language))
    return found


def offers_of(articles: ArticleQuerySet) -> list[str]:
    """Labels of the newest articles, for the list."""
    return [named(each) for each in articles.newest().only("headline")[:OFFERED]]
