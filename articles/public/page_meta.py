"""Metadata of a page for search engines, link previews and feed readers; also of static pages and search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Any, Final
from urllib.parse import quote

from django.core.paginator import Page
from django.http import HttpRequest
from django.utils.encoding import iri_to_uri
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext

from accounts.models import AuthorProfile
from articles.body.tree import caption_text
from articles.comments.threads import Thread
from articles.editorial.models import Article, Figure, Portrait
from articles.embeds.iframes import Frames
from articles.images.credit_line import credit_text
from articles.images.models import Image
from articles.images.srcset import preview_rendition
from articles.pages.models import Page as StaticPage
from articles.public import json_ld
from articles.public.article_page import LeadMedia
from articles.public.json_ld import image_object
from articles.public.navigation import front_page_url
from articles.search.results import SearchRequest
from iria.core.http.urls import absolute_url, url_path
from iria.publication.context_processors import publication_of
from iria.publication.models import Publication

URL_SAFE: Final = "%/:?#[]@!$&'()*+,;=~"
"""Characters of a URL that are not quoted (RFC 3986)."""

MAX_DESCRIPTION_LENGTH: Final = 300

Crumbs = Sequence[tuple[str, str]]
"""Names and URLs from the front page down to the page itself."""


@dataclass(frozen=True, slots=True)
class PreviewImage:
    """The image of a link preview."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class PageMeta:
    """All metadata in the head of a page."""

    title: str
    url: str
    description: str = ""
    sharing_title: str = ""
    """The title in link previews, if it is another one."""
    kind: str = "website"
    language: str = "en"
    image: PreviewImage | None = None
    feed: str = ""
    """The URL prefix of the page's own feeds, if it has any."""
    earlier: str = ""
    later: str = ""
    article: Article | None = None
    alternates: Sequence[tuple[str, str]] = ()
    """Language and URL of all translations, including this page."""
    data: Sequence[dict[str, Any]] = field(default_factory=tuple)

    @property
    def feeds(self) -> list[tuple[str, str, str]]:
        """The feeds of the page: media type, title and URL of each."""
        if not self.feed:
            return []
        return [
            ("application/rss+xml", self.title, self.feed),
            ("application/atom+xml", f"{self.title} (Atom)", f"{self.feed}atom/"),
            ("application/feed+json", f"{self.title} (JSON)", f"{self.feed}json/"),
        ]

    @property
    def canonical(self) -> str:
        """The canonical URL: that of the page, unless an editor entered another one."""
        elsewhere = self.article.canonical_url if self.article else ""
        # Quote characters that would end the URL in a header, as browsers do.
        return quote(iri_to_uri(elsewhere), safe=URL_SAFE) or self.url

    @property
    def oembed(self) -> str:
        """The oEmbed URL of the article."""
        return f"{absolute_url(url_path('oembed'))}?url={quote(self.url, safe='')}"

    @property
    def plain_description(self) -> str:
        """The description without markup, truncated for search engines."""
        plain = strip_tags(self.description) if "<" in self.description else self.description
        if len(plain) <= MAX_DESCRIPTION_LENGTH:
            return plain
        return Truncator(plain).chars(MAX_DESCRIPTION_LENGTH)

    @property
    def article_properties(self) -> list[tuple[str, str]]:
        """The Open Graph properties of an article: dates, authors, categories and tags."""
        article = self.article
        if article is None:
            return []
        modified_at = article.shown_update or article.published_at
        times = (("published_time", article.published_at), ("modified_time", modified_at))
        return [
            *((name, f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}") for name, when in times if when),
            *(
                ("author", absolute_url(row.author.get_absolute_url()))
                for row in article.bylines.all()
            ),
            *(("section", row.category.local_name) for row in article.article_categories.all()),
            *(("tag", tag.name) for tag in article.tags.all()),
        ]

    @property
    def links(self) -> str:
        """The `Link` header of the page (RFC 8288)."""
        links = [f'<{self.canonical}>; rel="canonical"']
        links += [
            f'<{absolute_url(url)}>; rel="alternate"; type="{kind}"'
            for kind, _title, url in self.feeds
        ]
        links += [
            f'<{url}>; rel="alternate"; hreflang="{language}"' for language, url in self.alternates
        ]
        if self.earlier:
            links.append(f'<{self.earlier}>; rel="prev"')
        if self.later:
            links.append(f'<{self.later}>; rel="next"')
        if self.article:
            item = absolute_url(f"{url_path('api')}articles/{self.article.pk}/")
            links.append(f'<{item}>; rel="alternate"; type="application/json"')
            links.append(f'<{self.oembed}>; rel="alternate"; type="application/json+oembed"')
        return ", ".join(links)

    @property
    def structured(self) -> SafeString:
        """The JSON-LD, escaped for a script element."""
        return mark_safe(json_ld.as_script(self.data))  # noqa: S308 - escaped there


def front_page_meta(request: HttpRequest, code: str, name: str, lead: Article | None) -> PageMeta:
    """The metadata of a front page: the publication, with the image of the lead."""
    publication = publication_of(request).in_language(code)
    first = code == publication.language_codes[0]
    has_tagline = first or publication.translations.get(code, {}).get("tagline")
    return PageMeta(
        title=publication.tagline if has_tagline else name,
        description=publication.about or publication.tagline,
        url=absolute_url(request.path),
        language=code,
        image=_preview_of_lead(lead, publication),
        feed="" if first else f"/language/{code}/feed/",
        alternates=_front_pages(publication),
        data=[json_ld.website(publication)],
    )


def listing_meta(
    request: HttpRequest,
    title: str,
    page: Page[Any],
    *,
    description: str = "",
    above: Crumbs = (),
    feed: str = "",
    cards: Iterable[Article] = (),
) -> PageMeta:
    """The metadata of a page of a list.

    Args:
        cards: its articles; the first image among them is used in link previews.
        feed: the URL prefix of its feeds, if it has any.
    """
    own_url = absolute_url(request.path)
    crumbs = [(publication_of(request).name, "/"), *above, (title, request.path)]
    return PageMeta(
        title=_page_title(title, page.number),
        description=description,
        url=_page_url(own_url, page.number),
        feed=feed,
        image=_preview_of_lead(
            next((each for each in cards if each.visible_lead_image), None),
            publication_of(request),
        ),
        earlier=_page_url(own_url, page.number - 1) if page.has_previous() else "",
        later=_page_url(own_url, page.number + 1) if page.has_next() else "",
        data=[json_ld.breadcrumbs([(name, absolute_url(path)) for name, path in crumbs])],
    )


def author_meta(
    request: HttpRequest,
    author: AuthorProfile,
    page: Page[Any],
    portrait: Portrait | None,
    title: str,
) -> PageMeta:
    feed = f"{request.path}feed/"
    about = listing_meta(request, title, page, description=author.biography, feed=feed)
    shown = portrait.image if portrait else None
    person = json_ld.person(author, shown)
    return replace(
        about,
        kind="profile",
        image=_preview(shown, publication_of(request), shown.alt if shown else ""),
        data=[{"@context": json_ld.CONTEXT, "@type": "ProfilePage", "mainEntity": person}],
    )


def article_meta(
    request: HttpRequest,
    article: Article,
    thread: Thread,
    translations: Sequence[Article],
    media: LeadMedia,
    frames: Frames,
) -> PageMeta:
    """The metadata of an article fetched with `for_page()`."""
    publication = publication_of(request)
    sections = [row.category for row in article.article_categories.all()]
    crumbs = [(each.name, absolute_url(each.get_absolute_url())) for each in sections[:1]]
    return PageMeta(
        title=article.headline,
        sharing_title=article.social_title,
        description=article.description,
        url=absolute_url(article.get_absolute_url()),
        kind="article",
        language=article.language,
        image=sharing_image(article, publication),
        article=article,
        alternates=_alternates([article, *translations]),
        data=[
            json_ld.news_article(article, publication, thread, translations, media, frames),
            json_ld.breadcrumbs(
                [*crumbs, (article.headline, absolute_url(article.get_absolute_url()))]
            ),
        ],
    )


def thread_meta(request: HttpRequest, article: Article, thread: Thread) -> PageMeta:
    """The metadata of a page of a comment thread; the first one is part of the article page."""
    url, text = absolute_url(request.path), gettext("Comments on “%(headline)s”")
    if thread.above:
        text = gettext("Replies to a comment on “%(headline)s”")
    base = absolute_url(article.get_absolute_url())
    first = not (thread.above or thread.order) and thread.number == 1
    title = _page_title(text % {"headline": article.headline}, thread.number)
    own_url = base if first else _page_url(url, thread.number)
    return PageMeta(
        title=title,
        url=own_url,
        description=article.description,
        language=article.language,
        earlier=absolute_url(thread.previous.partition("#")[0]) if thread.previous else "",
        later=absolute_url(thread.next) if thread.next else "",
        data=[
            json_ld.comments_page(article, publication_of(request), thread, own_url),
            json_ld.breadcrumbs([(article.headline, base), (title, own_url)]),
        ],
    )


def image_meta(request: HttpRequest, article: Article, figure: Figure, place: int) -> PageMeta:
    """The metadata of the large view of an image; its position is counted from 1."""
    publication, about = publication_of(request), image_object(figure.image, figure.caption)
    text = gettext("Image %(place)s of %(headline)s")
    return PageMeta(
        title=text % {"place": place, "headline": article.headline},
        description=caption_text(figure.caption) if figure.caption else figure.alt,
        url=absolute_url(figure.get_absolute_url()),
        language=article.language,
        image=_preview(figure.image, publication, figure.alt),
        data=[{"@context": json_ld.CONTEXT, **about}] if about else [],
    )


def simple_page_meta(request: HttpRequest, title: str, description: str) -> PageMeta:
    """The metadata of a page that is neither an article nor a list."""
    return PageMeta(title=title, description=description, url=absolute_url(request.path))


def _alternates(articles: Sequence[Article]) -> list[tuple[str, str]]:
    """The `hreflang` links; none for an article in one language, and none to articles with another
    canonical URL, as in the sitemap."""
    found = [each for each in articles if not (each.noindex or each.canonical_url)]
    return alternates_of(found)


def alternates_of(versions: Iterable[Any]) -> list[tuple[str, str]]:
    """The `hreflang` links of versions in several languages; none for a single one."""
    found = [(each.language, absolute_url(each.get_absolute_url())) for each in versions]
    return found if len(found) > 1 else []


def _front_pages(publication: Publication) -> list[tuple[str, str]]:
    codes = publication.language_codes
    if len(codes) < 2:
        return []
    fronts = [(code, absolute_url(front_page_url(code, publication))) for code in codes]
    return [*fronts, ("x-default", fronts[0][1])]


def _page_title(title: str, number: int) -> str:
    if number == 1:
        return title
    return gettext("%(title)s, page %(number)d") % {"title": title, "number": number}


def _page_url(url: str, number: int) -> str:
    return url if number == 1 else f"{url}?page={number}"


def sharing_image(article: Article, publication: Publication) -> PreviewImage | None:
    """The image of link previews: its own, else the lead image or the first in the text."""
    shown = [each for each in article.figures.all() if article.shows(each.image)]
    own = next((each for each in shown if each.place == Figure.Place.SOCIAL), None)
    chosen = own or next(iter(shown), None)
    return _preview(chosen.image, publication, chosen.alt) if chosen else None


def _preview_of_lead(article: Article | None, publication: Publication) -> PreviewImage | None:
    """The lead image of the article, if it may be shown."""
    if article is None:
        return None
    return _preview(article.visible_lead_image, publication, article.lead_image_alt)


def _preview(image: Image | None, publication: Publication, alt: str) -> PreviewImage | None:
    """Alt text and credit together: a preview has one text field."""
    rendition = preview_rendition(image) if image and image.may_be_shown else None
    if image is None or rendition is None:
        return None
    text = (alt.strip(), credit_text(image, publication))
    return PreviewImage(
        url=absolute_url(rendition.get_absolute_url()),
        width=rendition.width,
        height=rendition.height,
        alt=" – ".join(part for part in text if part),
    )


def preview_image(meta: PageMeta, publication: Publication) -> PreviewImage:
    """The image for link previews: that of the page, or the publication's logo."""
    if meta.image:
        return meta.image
    logo = json_ld.logo_of(publication)
    return PreviewImage(
        absolute_url(logo["address"]), logo["width"], logo["height"], publication.name
    )


TYPES: Final = {"about": "AboutPage", "contact": "ContactPage"}
"""Conventional paths → page type of schema.org."""


def static_page_meta(
    page: StaticPage, versions: Iterable[StaticPage], publication: Publication
) -> PageMeta:
    """The metadata of a static page; `versions` are the page and its translations."""
    url = absolute_url(page.get_absolute_url())
    about: dict[str, Any] = {
        "@context": json_ld.CONTEXT,
        "@type": TYPES.get(page.path, "WebPage"),
        "name": page.title,
        "url": url,
        "inLanguage": page.language,
        "dateModified": publication.local(page.modified_at).isoformat(timespec="seconds"),
        "publisher": json_ld.organization(publication),
    }
    if page.description:
        about["description"] = page.description
    return PageMeta(
        title=page.title,
        description=page.description,
        url=url,
        language=page.language,
        alternates=alternates_of(versions),
        data=[about],
    )


def search_meta(request: SearchRequest, publication: Publication) -> PageMeta:
    """The metadata of the search page; all searches have the same canonical URL."""
    url = absolute_url(url_path("search"))
    title = gettext("Search")
    title = f"{request.text} – {title}" if request.text else title
    about = {
        "@context": json_ld.CONTEXT,
        "@type": "SearchResultsPage" if request.text else "WebPage",
        "name": title,
        "url": url,
        "publisher": json_ld.organization(publication),
    }
    return PageMeta(
        title=title,
        description=publication.about or publication.tagline,
        url=url,
        data=[about],
    )
