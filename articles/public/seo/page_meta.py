"""What a page says about itself to search engines, previews and feed readers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from django.core.paginator import Page
from django.http import HttpRequest
from django.utils.encoding import iri_to_uri
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from accounts.models import AuthorProfile
from articles.body.plain_text import caption_text
from articles.comments.threads.builder import Thread
from articles.editorial.models import Article, Figure, Portrait
from articles.images.models import Image
from articles.images.rights.credit_line import credit_text
from articles.images.srcset import preview_rendition
from articles.public.navigation import front_address
from articles.public.seo import json_ld
from articles.public.seo.json_ld import picture
from iria.core.http.urls import absolute_url, url_path
from iria.publication.context_processors import publication_of
from iria.publication.models import Publication

IN_ADDRESSES: Final = "%/:?#[]@!$&'()*+,;=~"
"""Signs that stand in an address as they are (RFC 3986); what is left out is quoted."""

Crumbs = Sequence[tuple[str, str]]
"""Names and addresses from the top of the site down to the page itself."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The picture others show when they point here."""

    address: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Meta:
    """Everything in a page's head that depends on the page."""

    title: str
    address: str
    description: str = ""
    kind: str = "website"
    language: str = "en"
    image: Preview | None = None
    feed: str = ""
    """The address below which the page's own feeds stand, if it has any."""
    earlier: str = ""
    later: str = ""
    article: Article | None = None
    alternates: Sequence[tuple[str, str]] = ()
    """Language and address of the same in other languages, this page among them."""
    data: Sequence[dict[str, Any]] = field(default_factory=tuple)

    @property
    def feeds(self) -> list[tuple[str, str, str]]:
        """The page's own feeds: media type, title and address of each."""
        if not self.feed:
            return []
        return [
            ("application/rss+xml", self.title, self.feed),
            ("application/atom+xml", f"{self.title} (Atom)", f"{self.feed}atom/"),
            ("application/feed+json", f"{self.title} (JSON)", f"{self.feed}json/"),
        ]

    @property
    def canonical(self) -> str:
        """Where the original stands: here, unless an editor says that it stands elsewhere."""
        elsewhere = self.article.canonical_url if self.article else ""
        # An address may hold what would end it in a header; a browser would quote it too.
        return quote(iri_to_uri(elsewhere), safe=IN_ADDRESSES) or self.address

    @property
    def oembed(self) -> str:
        """Where other sites ask for the card of this article."""
        return f"{absolute_url(url_path('oembed'))}?url={quote(self.address, safe='')}"

    @property
    def links(self) -> str:
        """What the page leads to, for those who read the headers alone (RFC 8288)."""
        ways = [f'<{self.canonical}>; rel="canonical"']
        ways += [
            f'<{absolute_url(address)}>; rel="alternate"; type="{kind}"'
            for kind, _title, address in self.feeds
        ]
        ways += [
            f'<{address}>; rel="alternate"; hreflang="{language}"'
            for language, address in self.alternates
        ]
        if self.earlier:
            ways.append(f'<{self.earlier}>; rel="prev"')
        if self.later:
            ways.append(f'<{self.later}>; rel="next"')
        if self.article:
            item = absolute_url(f"{url_path('api')}articles/{self.article.pk}/")
            ways.append(f'<{item}>; rel="alternate"; type="application/json"')
            ways.append(f'<{self.oembed}>; rel="alternate"; type="application/json+oembed"')
        return ", ".join(ways)

    @property
    def structured(self) -> SafeString:
        """The data for search engines as JSON that cannot end its own element."""
        return mark_safe(json_ld.as_script(self.data))  # noqa: S308 - escaped there


def of_front(request: HttpRequest, code: str, name: str, lead: Article | None) -> Meta:
    """About the front page: the publication itself, with the lead's picture."""
    publication = publication_of(request)
    first = code == publication.language_codes[0]
    return Meta(
        title=publication.tagline if first else name,
        description=publication.about or publication.tagline,
        address=absolute_url(request.path),
        language=code,
        image=_preview(lead.visible_lead_image if lead else None, publication),
        feed="" if first else f"/language/{code}/feed/",
        alternates=_fronts(publication),
        data=[json_ld.website(publication)],
    )


def of_list(
    request: HttpRequest,
    title: str,
    page: Page[Any],
    *,
    description: str = "",
    above: Crumbs = (),
    feed: str = "",
    cards: Iterable[Article] = (),
) -> Meta:
    """About a page of a list, such as a section's second.

    Args:
        cards: what stands on it; the first picture among them stands for the page.
        feed: the address below which its feeds stand, if it has any.
    """
    own = absolute_url(request.path)
    crumbs = [*above, (title, request.path)]
    return Meta(
        title=_titled(title, page.number),
        description=description,
        address=_numbered(own, page.number),
        feed=feed,
        image=_preview(
            next(filter(None, (each.visible_lead_image for each in cards)), None),
            publication_of(request),
        ),
        earlier=_numbered(own, page.number - 1) if page.has_previous() else "",
        later=_numbered(own, page.number + 1) if page.has_next() else "",
        data=[json_ld.breadcrumbs([(name, absolute_url(path)) for name, path in crumbs])],
    )


def of_author(
    request: HttpRequest,
    author: AuthorProfile,
    page: Page[Any],
    portrait: Portrait | None,
    title: str,
) -> Meta:
    feed = f"{request.path}feed/"
    about = of_list(request, title, page, description=author.biography, feed=feed)
    person = json_ld.person(author, portrait.image if portrait else None)
    image = _preview(portrait.image if portrait else None, publication_of(request))
    return Meta(
        title=about.title,
        description=about.description,
        address=about.address,
        kind="profile",
        image=image,
        feed=about.feed,
        earlier=about.earlier,
        later=about.later,
        data=[{"@context": json_ld.CONTEXT, "@type": "ProfilePage", "mainEntity": person}],
    )


def of_article(
    request: HttpRequest, article: Article, thread: Thread, translations: Sequence[Article] = ()
) -> Meta:
    """About an article; everything it needs was fetched by `for_page()`."""
    publication = publication_of(request)
    sections = [row.category for row in article.article_categories.all()]
    crumbs = [(each.name, absolute_url(each.get_absolute_url())) for each in sections[:1]]
    return Meta(
        title=article.headline,
        description=article.description,
        address=absolute_url(article.get_absolute_url()),
        kind="article",
        language=article.language,
        image=_preview(_first_shown(article), publication),
        article=article,
        alternates=_alternates([article, *translations]),
        data=[
            json_ld.news_article(article, publication, thread, translations),
            json_ld.breadcrumbs(
                [*crumbs, (article.headline, absolute_url(article.get_absolute_url()))]
            ),
        ],
    )


def of_thread(request: HttpRequest, article: Article, thread: Thread) -> Meta:
    """About a page of the conversation below an article; the first one is a part of the article's."""
    address, words = absolute_url(request.path), gettext("Comments on “%(headline)s”")
    if thread.above:
        words = gettext("Replies to a comment on “%(headline)s”")
    base = absolute_url(article.get_absolute_url())
    first = not (thread.above or thread.order) and thread.number == 1
    title = _titled(words % {"headline": article.headline}, thread.number)
    own = base if first else _numbered(address, thread.number)
    return Meta(
        title=title,
        address=own,
        description=article.description,
        language=article.language,
        earlier=absolute_url(thread.previous.partition("#")[0]) if thread.previous else "",
        later=absolute_url(thread.next) if thread.next else "",
        data=[
            json_ld.conversation(article, publication_of(request), thread, own),
            json_ld.breadcrumbs([(article.headline, base), (title, own)]),
        ],
    )


def of_picture(request: HttpRequest, article: Article, figure: Figure, place: int) -> Meta:
    """About the large view of a picture; its place is counted from 1."""
    publication, about = publication_of(request), picture(figure.image, figure.caption)
    words = gettext("Picture %(place)s of %(headline)s")
    return Meta(
        title=words % {"place": place, "headline": article.headline},
        description=caption_text(figure.caption) if figure.caption else figure.image.alt,
        address=absolute_url(figure.get_absolute_url()),
        language=article.language,
        image=_preview(figure.image, publication),
        data=[{"@context": json_ld.CONTEXT, **about}] if about else [],
    )


def of_page(request: HttpRequest, title: str, description: str) -> Meta:
    """About a page that is neither an article nor a list."""
    return Meta(title=title, description=description, address=absolute_url(request.path))


def _alternates(articles: Sequence[Article]) -> list[tuple[str, str]]:
    """Nothing for an article that is in one language only; machines are led to no page that sends
    them elsewhere, as the sitemap leads them to none."""
    found = [each for each in articles if not (each.noindex or each.canonical_url)]
    if len(found) < 2:
        return []
    return [(each.language, absolute_url(each.get_absolute_url())) for each in found]


def _fronts(publication: Publication) -> list[tuple[str, str]]:
    codes = publication.language_codes
    if len(codes) < 2:
        return []
    fronts = [(code, absolute_url(front_address(code, publication))) for code in codes]
    return [*fronts, ("x-default", fronts[0][1])]


def _titled(title: str, number: int) -> str:
    if number == 1:
        return title
    return gettext("%(title)s, page %(number)d") % {"title": title, "number": number}


def _numbered(address: str, number: int) -> str:
    return address if number == 1 else f"{address}?page={number}"


def _first_shown(article: Article) -> Image | None:
    """The picture that stands for an article elsewhere: its lead, else the first of its text."""
    shown = (each.image for each in article.figures.all() if article.shows(each.image))
    return next(shown, None)


def _preview(image: Image | None, publication: Publication) -> Preview | None:
    """What it shows and its credit go together: a preview has one place for words."""
    rendition = preview_rendition(image) if image and image.may_be_shown else None
    if image is None or rendition is None:
        return None
    words = (image.alt.strip(), credit_text(image, publication))
    return Preview(
        address=absolute_url(rendition.get_absolute_url()),
        width=rendition.width,
        height=rendition.height,
        alt=" – ".join(part for part in words if part),
    )
