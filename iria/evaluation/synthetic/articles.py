"""Creates tens of thousands of articles with categories, authors, tags and corrections."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import exp
from random import Random
from typing import Final

from django.db import connection, transaction
from django.db.models import Max, Model
from django.utils import timezone
from django.utils.text import slugify
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial import category_tree, listings
from articles.editorial.models import (
    Article,
    ArticleCategory,
    ArticleTag,
    ArticleType,
    Byline,
    Category,
    Correction,
)
from articles.editorial.text_search_config import configuration_for
from articles.search.index.bulk import rebuild, write_entries
from articles.search.index.indexer import EntryText
from articles.search.results.spelling import record_words
from iria.core.db.bulk_copy import catch_up_sequence, copy_rows
from iria.evaluation.synthetic.words import SUBJECTS, Language, sentences

CATEGORIES, AUTHORS, TAGS = 12, 60, 600
YEARS: Final = 12
CORRECTED: Final = 0.02
"""Share of the articles."""
TYPICAL, SPREAD = 550, 0.5
"""The number of words of a text: the median, and the standard deviation of the logarithm."""

BATCH: Final = 5_000
PREFIX: Final = "synthetic"


class Archive:
    """Articles on many subjects over several years."""

    def __init__(self, language: Language, seed: int = 1) -> None:
        self.language = language
        self.rng = Random(seed)  # noqa: S311 - nothing secret
        self.now = timezone.now()

    def load(self, count: int, report_progress: Callable[[str], None]) -> int:
        """Adds articles and indexes them; returns the number."""
        first = (Article.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
        numbers = range(first, first + count)
        filing = Filing(self.language, self.rng)
        for start in range(0, count, BATCH):
            entries: list[EntryText] = []
            batch = numbers[start : start + BATCH]
            with listed_together(batch):
                copy_rows(self._articles(batch, entries))
                filing.file(batch)
            write_entries(entries)
        catch_up_sequence(Article)
        listings.add_up()
        report_progress(
            f"{count:,} articles created, with categories, authors, tags and corrections."
        )
        rebuild()
        record_words(configuration_for("en"), " ".join(self.language.words))
        report_progress("Search index updated.")
        return count

    def _articles(self, numbers: range, entries: list[EntryText]) -> Iterator[Article]:
        kinds = list(ArticleType.objects.order_by("position"))
        for number in numbers:
            subject = self.rng.randrange(SUBJECTS)
            text = sentences(self.language.text(self.rng, subject, self._length()), self.rng)
            headline = self.language.title(self.rng, subject, 7)
            standfirst = self.language.title(self.rng, subject, 12) + "."
            at = self._moment()
            entries.append(
                EntryText(
                    number,
                    configuration_for("en"),
                    headline,
                    standfirst_and_tags=standfirst,
                    body=" ".join(text),
                    names_and_captions="",
                    snippet_text=f"{standfirst}\n{' '.join(text)}",
                )
            )
            yield Article(
                pk=number,
                headline=headline,
                standfirst=standfirst,
                slug=f"{PREFIX}-{number}",
                body=_paragraphs(text),
                kind=self.rng.choice(kinds),
                language="en",
                state=Article.State.PUBLISHED,
                published_at=at,
                year=timezone.localtime(at).year,
                month=timezone.localtime(at).month,
            )

    def _length(self) -> int:
        return max(60, round(TYPICAL * exp(self.rng.gauss(0, SPREAD))))

    def _moment(self) -> datetime:
        return self.now - timedelta(days=1 + self.rng.random() * 365 * YEARS)


@contextmanager
def listed_together(numbers: range) -> Iterator[None]:
    """Updates the listings of these articles once at the end, instead of with each table."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL iria.listings_in_bulk = 'on'")
        yield
        cursor.execute("SET LOCAL iria.listings_in_bulk = 'off'")
        listings.write(numbers)


class Filing:
    """Assigns categories, authors and tags to articles."""

    def __init__(self, language: Language, rng: Random) -> None:
        self.rng = rng
        self.categories, self.authors, self.tags = _categories(), _authors(), _tags(language)

    def file(self, numbers: range) -> None:
        """Adds a category, an author and tags to each article, and corrections to some."""
        rng = self.rng
        copy_in_order(
            ArticleCategory,
            (ArticleCategory(article_id=n, category=rng.choice(self.categories)) for n in numbers),
        )
        copy_in_order(
            Byline, (Byline(article_id=n, author=rng.choice(self.authors)) for n in numbers)
        )
        copy_in_order(
            ArticleTag,
            (
                ArticleTag(content_object_id=n, tag=tag)
                for n in numbers
                for tag in rng.sample(self.tags, 3)
            ),
        )
        copy_in_order(
            Correction,
            (
                Correction(article_id=n, text="A name was misspelt; it is right now.")
                for n in numbers
                if rng.random() < CORRECTED
            ),
        )


def copy_in_order(model: type[Model], rows: Iterable[Model]) -> None:
    """Inserts rows with new primary keys."""
    last = model._default_manager.aggregate(last=Max("pk"))["last"] or 0

    def numbered() -> Iterator[Model]:
        for number, row in enumerate(rows, last + 1):
            row.pk = number
            yield row

    copy_rows(numbered())
    catch_up_sequence(model)


def _paragraphs(text: list[str]) -> str:
    return "".join(f"<p>{' '.join(text[at : at + 4])}</p>" for at in range(0, len(text), 4))


def _categories() -> list[Category]:
    for number in range(1, CATEGORIES + 1):
        slug = f"{PREFIX}-{number}"
        if not Category.objects.filter(path=slug).exists():
            category_tree.save(Category(name=f"Section {number}", slug=slug))
    return list(Category.objects.filter(path__startswith=PREFIX))


def _authors() -> list[AuthorProfile]:
    names = [f"Writer {number}" for number in range(1, AUTHORS + 1)]
    made = [AuthorProfile(name=name, slug=f"{PREFIX}-{slugify(name)}") for name in names]
    AuthorProfile.objects.bulk_create(made, ignore_conflicts=True)
    return list(AuthorProfile.objects.filter(slug__startswith=PREFIX))


def _tags(language: Language) -> list[Tag]:
    made = [
        Tag(name=f"{word} {PREFIX}", slug=f"{PREFIX}-{word}") for word in language.words[-TAGS:]
    ]
    Tag.objects.bulk_create(made, ignore_conflicts=True)
    return list(Tag.objects.filter(slug__startswith=PREFIX))
