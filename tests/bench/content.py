"""Content for the benchmarks: articles of realistic length with everything a page can show."""

from datetime import timedelta
from random import Random
from urllib.parse import urlencode

from django.utils import timezone

from articles.comments.models import Comment
from articles.editorial.models import Article, ArticleCategory, Category, Correction
from articles.images.models import Image, Rendition
from articles.images.processing.rendition_sizes import SHAPES, shaped_sizes, sizes_for
from articles.related import recomputation
from articles.search import indexer
from iria.core.http import cache_versions
from tests import newsroom

MEASURED = 12
"""Articles requested in turn, so that no page is requested twice in a row."""

FIGURES, COMMENTS, SECTIONS, BRIEF_ARTICLES = 6, 50, 6, 60

STEMS = [
    "harbour",
    "convoy",
    "tariff",
    "ministry",
    "river",
    "border",
    "pipeline",
    "election",
    "treaty",
    "railway",
    "grain",
    "strait",
    "island",
    "reserve",
    "council",
    "market",
    "energy",
    "summit",
    "budget",
    "patrol",
    "visa",
    "currency",
    "mineral",
    "delta",
    "province",
    "ceasefire",
    "export",
    "sanction",
    "fishery",
    "satellite",
    "refinery",
    "parliament",
]
JOINTS = [
    "and",
    "of",
    "the",
    "in",
    "after",
    "before",
    "near",
    "against",
    "while",
    "for",
    "with",
    "over",
    "under",
    "between",
    "despite",
]


def fill() -> list[Article]:
    """Fills an empty database; returns the articles to measure, each with figures and a thread."""
    random = Random(2026)
    tops = [newsroom.category(f"Section {number}", position=number) for number in range(SECTIONS)]
    for number in range(BRIEF_ARTICLES):
        _article(random, f"Brief {number}", tops[number % SECTIONS], number, figures=1)
    measured = []
    for number in range(MEASURED):
        subcategory = newsroom.category(f"Part {number}", parent=tops[number % SECTIONS])
        day = BRIEF_ARTICLES + number
        article = _article(random, f"Measured {number}", subcategory, day, figures=FIGURES)
        Correction.objects.create(article=article, text="It was Tuesday, not Monday.")
        _thread(random, article)
        measured.append(article)
    indexer.reindex()
    recomputation.refresh_all()
    # As the worker does every minute.
    cache_versions.compact()
    return measured


def move_to_sections() -> None:
    """Moves the articles of `load_synthetic` to our sections: each of its own would make the front page longer."""
    sections = Category.objects.filter(slug__startswith="section-").order_by("pk")
    others = Category.objects.exclude(slug__startswith="section-").exclude(slug__startswith="part-")
    for number, other in enumerate(others.order_by("-path")):
        placed = ArticleCategory.objects.filter(category=other)
        placed.update(category=sections[number % SECTIONS])
        other.delete()


def searches() -> list[str]:
    """Searches for the two longest words of headlines of `load_synthetic`, whose words are as frequent as
    those of real texts.
    """
    texts = Article.objects.exclude(headline__contains=":").order_by("pk")
    headlines = texts.values_list("headline", flat=True)[:MEASURED]
    return [
        f"/search/?{urlencode({'q': ' '.join(sorted(each.split(), key=len)[-2:])})}"
        for each in headlines
    ]


def words(random: Random, count: int) -> str:
    text = " ".join(random.choice(STEMS if place % 2 else JOINTS) for place in range(count))
    return f"{text[:1].upper()}{text[1:]}."


def _article(random: Random, name: str, section: Category, day: int, *, figures: int) -> Article:
    parts = [f"<p>{words(random, 90)}</p>" for _ in range(10)]
    for place in range(figures):
        parts.insert(place * 2 + 1, _figure(random, _picture()))
    return newsroom.published(
        f"{name}: {words(random, 8)}",
        # In the last three days: the newest of all.
        at=timezone.now() - timedelta(hours=BRIEF_ARTICLES + MEASURED - day),
        standfirst=words(random, 24),
        body="".join(parts),
        lead_image=_picture(),
        lead_caption=words(random, 12),
        categories=[section],
        authors=[newsroom.author(f"Author of {name}"), newsroom.author(f"Second of {name}")],
        tags=random.sample(STEMS, 4),
    )


def _figure(random: Random, image: Image) -> str:
    caption = f"<figcaption>{words(random, 14)}</figcaption>"
    return f'<figure data-image="{image.pk}">{caption}</figure>'


def _picture() -> Image:
    """An image with rows of all renditions; pages do not read the files."""
    image = newsroom.picture(width=2400, height=1600)
    wide, tall = image.width, image.height
    planned = sizes_for(wide, tall, transparent=False)
    for shape in SHAPES:
        planned += shaped_sizes(wide, tall, shape, transparent=False)
    Rendition.objects.bulk_create(
        Rendition(
            image=image,
            format=size.format,
            width=size.width,
            height=size.height,
            shape=size.shape,
            name=f"{image.pk}-{size.shape.replace(':', 'x')}-{size.width}.{size.format}",
            file=f"renditions/{image.pk}-{size.width}.{size.format}",
            bytes=size.width * 60,
        )
        for size in planned
    )
    return image


def _thread(random: Random, article: Article) -> None:
    """Every third comment is top-level, the others reply to the previous one."""
    previous: Comment | None = None
    for number in range(COMMENTS):
        previous = Comment.objects.create(
            article=article,
            parent=previous if number % 3 else None,
            name=f"Reader {number}",
            text=words(random, 40),
            state=Comment.State.APPROVED,
        )
