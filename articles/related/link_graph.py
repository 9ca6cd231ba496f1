"""Links between the texts of articles, as a feature of similarity."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Q

from articles.body.references import references_in
from articles.body.tree import parse
from articles.editorial.models import Article, Redirect
from articles.related.models import TextLink

ARTICLE_PATH: Final = re.compile(r"/(?P<year>\d{4})/(?P<month>\d{2})/(?P<slug>[^/]+)/?")

MAX_LINKS: Final = 500
"""Links per text that are examined."""


def record_links(article: Article) -> None:
    """Records the articles that the text links to."""
    paths = _paths(article.body)
    targets = (_targets(paths) | _referred(article.body)) - {article.pk}
    stored = set(article.text_links.values_list("other", flat=True))
    article.text_links.filter(other__in=stored - targets).delete()
    TextLink.objects.bulk_create(
        [TextLink(article=article, other_id=other) for other in sorted(targets - stored)],
        ignore_conflicts=True,
    )


def _referred(body: str) -> set[int]:
    """The articles to which it links by reference, and which still exist."""
    ids = [reference.id for reference in references_in(body) if reference.kind == "article"]
    return set(Article.objects.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def _paths(body: str) -> set[str]:
    """Returns the paths on this site that the text links to."""
    site = urlsplit(settings.SITE_URL).netloc
    paths: set[str] = set()
    for anchor in parse(body).iter("a"):
        try:
            target = urlsplit(anchor.get("href") or "")
        except ValueError:
            continue  # an invalid URL
        if target.path and target.netloc in {"", site}:
            paths.add(unquote(target.path))
        if len(paths) == MAX_LINKS:
            break
    return paths


def _targets(paths: set[str]) -> set[int]:
    matches = Q(pk__in=[])
    for path in paths:
        if match := ARTICLE_PATH.fullmatch(path):
            matches |= Q(year=int(match["year"]), month=int(match["month"]), slug=match["slug"])
    targets = Article.objects.filter(matches).values_list("pk", flat=True) if matches else []
    moved = Redirect.objects.filter(old_path__in=paths, article__isnull=False)
    return {*targets, *moved.values_list("article", flat=True)}


class ArticleLinks:
    """The links of an article and between its candidates, read with two queries."""

    def __init__(self, article_id: int, others: Iterable[int]) -> None:
        others = list(others)
        own = TextLink.objects.filter(Q(article=article_id) | Q(other=article_id))
        pairs = set(own.values_list("article", "other"))
        self.outgoing = {other for start, other in pairs if start == article_id}
        self.incoming = {start for start, other in pairs if other == article_id}
        between = TextLink.objects.filter(article__in=others, other__in=others)
        self._linked_with: dict[int, set[int]] = {}
        for start, other in between.values_list("article", "other"):
            self._linked_with.setdefault(start, set()).add(other)
            self._linked_with.setdefault(other, set()).add(start)

    def own(self, other: int) -> float:
        """Returns 1 if one of the two texts links to the other."""
        return 1.0 if other in self.outgoing or other in self.incoming else 0.0

    def beside(self, other: int, similarities: Mapping[int, float]) -> float:
        """Returns the similarities of the articles it is linked with; many links reduce their weight."""
        linked = self._linked_with.get(other, set())
        return sum(similarities[each] / (1 + len(self._linked_with[each])) for each in linked)
