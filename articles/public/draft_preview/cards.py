"""An article as a search engine and a social network would show it."""

from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from articles.editorial.article_urls import wished_slug
from articles.editorial.models import Article
from articles.public.seo.page_meta import PageMeta, PreviewImage, preview_image, sharing_image
from iria.core.http.urls import absolute_url, url_path
from iria.publication.models import Publication

TITLE_LENGTH: Final = 60
DESCRIPTION_LENGTH: Final = 155
SHARED_TITLE_LENGTH: Final = 70
SHARED_DESCRIPTION_LENGTH: Final = 120
"""About as many characters as are usually shown."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a card, with its length and how much of it is usually shown."""

    text: str
    limit: int

    @property
    def length(self) -> int:
        return len(self.text)

    @property
    def is_cut(self) -> bool:
        return self.length > self.limit

    @property
    def shown(self) -> str:
        """Cut after a word, or within it if the text is a single long one."""
        if not self.is_cut:
            return self.text
        cut = self.text[: self.limit - 1]
        words, space, _ = cut.rpartition(" ")
        return f"{words} …" if space else f"{cut}…"


@dataclass(frozen=True, slots=True)
class Cards:
    title: Text
    description: Text
    shared_title: Text
    shared_description: Text
    host: str
    path: list[str]
    """The parts of the URL after the host."""
    image: PreviewImage
    has_image: bool
    """False: the publication's logo takes its place."""


def cards_of(article: Article, publication: Publication) -> Cards:
    """The cards of an article fetched with `for_page()`; its description is as on its page."""
    own = sharing_image(article, publication)
    meta = PageMeta(title=article.headline, url="", description=article.description, image=own)
    host, *path = _url_of(article, publication).partition("//")[2].strip("/").split("/")
    description = " ".join(meta.plain_description.split())
    return Cards(
        title=Text(f"{article.headline} – {publication.name}", TITLE_LENGTH),
        description=Text(description, DESCRIPTION_LENGTH),
        shared_title=Text(article.sharing_title, SHARED_TITLE_LENGTH),
        shared_description=Text(description, SHARED_DESCRIPTION_LENGTH),
        host=host,
        path=path,
        image=preview_image(meta, publication),
        has_image=own is not None,
    )


def _url_of(article: Article, publication: Publication) -> str:
    """The public URL; for an article without one, what it would be if it were published today."""
    if article.year is not None:
        return absolute_url(article.get_absolute_url())
    today = publication.local(article.publish_at or timezone.now())
    return absolute_url(url_path("article", today.year, today.month, wished_slug(article)))
