"""The channel of a feed: the site, a category, a tag, an author, a language, a search or a thread."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext

from articles.body.comment_markup import render_comment
from articles.comments.models import Comment
from articles.editorial.models import Article
from articles.editorial.models.querysets import ArticleQuerySet
from articles.feeds.entries import MAX_ENTRIES, Entry, Person, tag_uri, xml_text
from articles.search.engine import search_articles
from articles.search.query import Sort, require_all_words
from articles.search.results import SearchRequest
from iria.core.http.urls import absolute_url
from iria.publication.models import Publication

BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The time of the last change of a feed without entries, so that it is always the same."""


@dataclass(frozen=True, slots=True)
class Channel:
    """The metadata of a feed, and its entries, newest first."""

    title: str
    description: str
    path: str
    """The path of the page with the same articles."""
    language: str
    rights: str
    publisher: Person
    entries: list[Entry] = field(default_factory=list)
    page_query: str = ""
    """The query string of the page, such as that of a search."""
    feed_query: str = ""
    """The query string of the feed, which may also have `text=summary`."""
    hub: str = ""
    """The WebSub hub that is told when the feed changes; empty if none is."""

    @property
    def home(self) -> str:
        """The URL of the page."""
        return absolute_url(_with_query(self.path, self.page_query))

    def feed_url(self, feed_format: str) -> str:
        """The URL of this feed as RSS (empty), `atom` or `json`."""
        path = f"{self.path}feed/{feed_format}/" if feed_format else f"{self.path}feed/"
        return absolute_url(_with_query(path, self.feed_query))

    @property
    def updated(self) -> datetime:
        return max((entry.updated for entry in self.entries), default=BEGINNING)


def channel_of(
    publication: Publication,
    entries: list[Entry],
    *,
    path: str = "/",
    name: str = "",
    description: str = "",
    language: str = "",
    page_query: str = "",
    feed_query: str = "",
    hub: str = "",
) -> Channel:
    """The channel of a listing.

    Args:
        path: the page of the listing, to which `feed/` is added.
        name: the name of the listing, added to that of the publication.
    """
    title = f"{name} – {publication.name}" if name else publication.name
    localised = publication.in_language(language)
    return Channel(
        title=xml_text(title),
        description=xml_text(description or localised.tagline or localised.about or title),
        path=path,
        language=language or publication.language_codes[0],
        rights=xml_text(f"© {publication.copyright_years} {publication.copyright_holder}"),
        publisher=Person(xml_text(publication.name), absolute_url("/")),
        entries=entries,
        page_query=page_query,
        feed_query=feed_query,
        hub=hub,
    )


def _with_query(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def newest_matches(request: SearchRequest) -> ArticleQuerySet:
    """The newest published articles with all words of a search.

    On the search page any word suffices, because the best results come first. A feed has the newest
    first and would be full of articles with a single word, so every word is required.

    Raises:
        InvalidQuery
    """
    results = search_articles(
        require_all_words(request.text),
        size=MAX_ENTRIES,
        filters=request.filters,
        sort=Sort.NEWEST,
        with_explanations=False,
    )
    return Article.objects.published().filter(pk__in=[result.article.pk for result in results.hits])


MAX_COMMENTS: Final = 50
"""Maximum number of comments in a feed; threads change faster than front pages."""


def thread_entries(article: Article) -> list[Entry]:
    """The newest visible comments, in one query."""
    comments = Comment.objects.published().filter(article=article).select_related("user")
    newest = comments.order_by("-created_at", "-pk")[:MAX_COMMENTS]
    return [_entry(comment, article) for comment in newest]


def _entry(comment: Comment, article: Article) -> Entry:
    name = xml_text(comment.public_name)
    return Entry(
        id=tag_uri(comment.created_at, f"comment/{comment.pk}"),
        url=absolute_url(comment.get_absolute_url()),
        title=gettext("%(name)s on %(headline)s")
        % {"name": name, "headline": xml_text(article.headline)},
        summary="",
        html=render_comment(xml_text(comment.text)),
        language=article.language,
        published=comment.created_at,
        updated=comment.edited_at or comment.created_at,
        authors=(Person(name),),
        topics=(),
    )
