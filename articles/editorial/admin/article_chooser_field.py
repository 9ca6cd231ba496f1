"""An article, named in a field: chosen from a list of the newest, or by its address.

The list is a `datalist`, which browsers show without JavaScript, and whatever stands in the archive can
be named besides.
"""

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django import forms
from django.core.exceptions import ValidationError

from articles.editorial.models import Article
from articles.editorial.models.querysets import ArticleQuerySet

OFFERED: Final = 150
CHOSEN: Final = re.compile(r"\[([1-9][0-9]{0,17})\]\s*$")
ADDRESS: Final = re.compile(r"^/([0-9]{4})/(0[1-9]|1[0-2])/([-\w]+)/?$")
SHOWN: Final = ("headline", "language", "year", "month", "slug", "state")


class NamedArticleWidget(forms.TextInput):
    """A line with a list of its own below it; `offers` fills the list."""

    template_name = "admin/articles/article/_named.html"
    offers: Iterable[str] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{name}-list"
        return {**context, "offers": list(self.offers)}


class NamedArticleField(forms.CharField):
    """Reads “Headline [12]” as the list has it, an address, or a headline that only one article has.

    Args:
        offers: the id of a list that stands on the page already; left out, the field has its own.
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
            ValidationError: with a sentence for the editor.
        """
        words = super().clean(value)
        if not words:
            return None
        found = list(self._matching(words).only(*SHOWN)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            sentence = "Several articles are called so; choose from the list, or paste the address."
        else:
            sentence = (
                f"There is no article “{words[:80]}” that could stand here; choose one from the "
                "list, or paste its address."
            )
        raise ValidationError(sentence, code="article")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").strip()

    def _matching(self, words: str) -> ArticleQuerySet:
        if chosen := CHOSEN.search(words):
            return self.articles.filter(pk=int(chosen[1]))
        try:
            path = unquote(urlsplit(words).path)
        except ValueError:
            path = ""
        if address := ADDRESS.match(path):
            year, month, slug = address.groups()
            return self.articles.filter(year=int(year), month=int(month), slug=slug)
        return self.articles.filter(headline__iexact=words)


def named(article: Article) -> str:
    """How the list and the field name an article."""
    return f"{article.headline} [{article.pk}]"


def offers_of(articles: ArticleQuerySet, most: int = OFFERED) -> list[str]:
    """What the list offers: the newest."""
    return [named(each) for each in articles.newest().only("headline")[:most]]
