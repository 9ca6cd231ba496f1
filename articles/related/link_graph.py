"""Links that editors set between articles, in their texts, and what they say about nearness."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Q

from articles.body.tree import parse
from articles.editorial.models import Article, Redirect
from articles.related.models import TextLink

ARTICLE_PATH: Final = re.compile(r"/(?P<year>\d{4})/(?P<month>\d{2})/(?P<slug>[^/]+)/?")

MOST: Final = 500
"""Links of one text that are looked at."""


def record_links(article: Article) -> None:
    """Writes which articles the text leads to, as they are now."""
    paths = _paths(article.body)
    targets = _targets(paths) - {article.pk}
    known = set(article.text_links.values_list("other", flat=True))
    article.text_links.filter(other__in=known - targets).delete()
    TextLink.objects.bulk_create(
        [TextLink(article=article, other_id=other) for other in sorted(targets - known)],
        ignore_conflicts=True,
    )


def _paths(body: str) -> set[str]:
    """Where the text leads on this site."""
    site = urlsplit(settings.SITE_URL).netloc
    paths: set[str] = set()
    for anchor in parse(body).iter("a"):
        try:
            target = urlsplit(anchor.get("href") or "")
        except ValueError:
            continue  # nobody can follow it
        if target.path and target.netloc in {"", site}:
            paths.add(unquote(target.path))
        if len(paths) == MOST:
            break
    return paths


def _targets(paths: set[str]) -> set[int]:
    wanted = Q(pk__in=[])
    for path in paths:
        if at := ARTICLE_PATH.fullmatch(path):
            wanted |= Q(year=int(at["year"]), month=int(at["month"]), slug=at["slug"])
    found = Article.objects.filter(wanted).values_list("pk", flat=True) if wanted else []
    moved = Redirect.objects.filter(old_path__in=paths, article__isnull=False)
    return {*found, *moved.values_list("article", flat=True)}


class ArticleLinks:
    """The links around an article and its candidates, read in two queries."""

    def __init__(self, article_id: int, others: Iterable[int]) -> None:
        others = list(others)
        own = TextLink.objects.filter(Q(article=article_id) | Q(other=article_id))
        pairs = set(own.values_list("article", "other"))
        self.to = {other for start, other in pairs if start == article_id}
        self.back = {start for start, other in pairs if other == article_id}
        among = TextLink.objects.filter(article__in=others, other__in=others)
        self._beside: dict[int, set[int]] = {}
        for start, other in among.values_list("article", "other"):
            self._beside.setdefault(start, set()).add(other)
            self._beside.setdefault(other, set()).add(start)

    def own(self, other: int) -> float:
        """1 where one of the two texts leads to the other."""
        return 1.0 if other in self.to or other in self.back else 0.0

    def beside(self, other: int, similarities: Mapping[int, float]) -> float:
        """How near the articles are that it is linked with; a round-up of everything says little."""
        linked = self._beside.get(other, set())
        return sum(similarities[each] / (1 + len(self._beside[each])) for each in linked)
