"""Content for query tests: articles, comments and categories in any number."""

from datetime import UTC, datetime, timedelta

from articles.comments.models import Comment
from articles.editorial import publishing
from articles.editorial.models import Article, Category, Correction
from articles.images.models import Image, Rendition
from articles.related.models import RelatedLink
from tests import newsroom

FIRST_DAY = datetime(2026, 3, 1, 9, tzinfo=UTC)


def sized(image: Image) -> Image:
    """The image with two sizes in two formats, as the worker makes them."""
    for form in (Rendition.Format.WEBP, Rendition.Format.JPEG):
        for width in (320, 640):
            name = f"{image.pk}-{width}.{form}"
            Rendition.objects.create(
                image=image, format=form, width=width, height=width * 2 // 3, name=name, file=name
            )
    return image


def figure(image: Image, caption: str = "A quay") -> str:
    return f'<figure data-image="{image.pk}"><figcaption>{caption}</figcaption></figure>'


def illustrated(headline: str, *, figures: int, categories: list[Category]) -> Article:
    """A published article with a lead image and figures, two authors, tags and a correction."""
    images = [sized(newsroom.picture(credit=f"Ines Faro {n}")) for n in range(figures)]
    author = newsroom.author(f"Author of {headline}")
    article = newsroom.published(
        headline,
        at=FIRST_DAY,
        lead_image=sized(newsroom.picture()),
        lead_caption="Morning at the quay",
        body="<p>Words before.</p>" + "".join(figure(each) for each in images),
        categories=categories,
        authors=[author, newsroom.author(f"Second of {headline}")],
        tags=["shipping", "straits"],
    )
    Correction.objects.create(article=article, text="It was Tuesday, not Monday.")
    return article


def comments(article: Article, count: int) -> None:
    """A thread where every third comment is a reply to the one before."""
    before: Comment | None = None
    for number in range(count):
        before = Comment.objects.create(
            article=article,
            parent=before if number % 3 else None,
            name=f"Reader {number}",
            text="I read it twice.",
            state=Comment.State.APPROVED,
        )


def sections(count: int, articles: int, *, first: int = 0) -> list[Category]:
    """Categories with one subcategory each, and articles with images in both."""
    found = []
    drafts = {}
    for number in range(first, first + count):
        top = newsroom.category(f"Section {number}", position=number)
        below = newsroom.category(f"Part of {number}", parent=top)
        found.append(top)
        for place in range(articles):
            headline = f"Article {place} of {number}"
            draft = newsroom.draft(
                headline,
                categories=[below if place % 2 else top],
                authors=[newsroom.author(f"Writer of {headline}")],
                lead_image=sized(newsroom.picture()),
                tags=[f"topic {place % 3}"],
            )
            drafts[draft] = FIRST_DAY + timedelta(hours=number * articles + place)
    publishing.publish_imported(drafts, by=None)
    return found


def related(article: Article, others: list[Article]) -> None:
    for position, other in enumerate(others):
        RelatedLink.objects.create(article=article, other=other, position=position, score=1.0)
