"""Creates tens of thousands of articles with categories, authors, tags and corrections.

PostgreSQL puts them together from paragraphs that were written before, and their search vectors from
those of the paragraphs, which is many times faster than writing and parsing each text. So a paragraph
is in several articles: half of them are drawn from the subject of the article, half from all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Self

from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial import listings, taxonomy
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
from articles.search.indexer import rebuild, writing_in_bulk
from articles.search.models import SearchEntry
from articles.search.suggestions import record_words
from iria.core.db.bulk import in_parallel, insert_selected, reserve_keys
from iria.lab.evaluation.synthetic.words import SUBJECTS, Language, create_texts

CATEGORIES, AUTHORS, TAGS = 12, 60, 600
YEARS: Final = 12
CORRECTED: Final = 0.02
"""Share of the articles."""
TYPICAL, SPREAD = 550, 0.5
"""The number of words of a text: the median, and the standard deviation of the logarithm."""
PARAGRAPH, OF_A_SUBJECT = 60, 30
"""Words of a paragraph, and how many of them are written on each subject."""

MIN_PART: Final = 5_000
"""Fewer articles are not divided between two connections, which would each write the paragraphs."""

PREFIX: Final = "synthetic"
CONFIGURATION: Final = configuration_for("en")

CREATE: Final = """
DROP TABLE IF EXISTS synthetic_article;
CREATE TEMPORARY TABLE synthetic_article (id bigint, headline text, standfirst text, text text, vector tsvector,
    published_at timestamptz) ON COMMIT DROP;
ALTER TABLE synthetic_article ALTER text SET STORAGE EXTERNAL, ALTER vector SET STORAGE EXTERNAL
"""
"""Not compressed, since they are soon compressed where they stay."""

COMPOSE: Final = f"""
INSERT INTO synthetic_article
SELECT id, title.headline, other.headline || '.' AS standfirst, written.*,
    now() - interval '1 day' * (1 + pg_temp.share(id, 1) * 365 * {YEARS}) AS published_at
FROM (
    SELECT id, floor(pg_temp.share(id, 2) * {SUBJECTS}) * {OF_A_SUBJECT} AS subject,
        greatest(1, round(%(typical)s / {PARAGRAPH} * exp({SPREAD}
            * sqrt(-2 * ln(1 - pg_temp.share(id, 3))) * cos(2 * pi() * pg_temp.share(id, 4)))))::int AS paragraphs
    FROM generate_series(%(first)s::bigint, %(last)s) AS id
) AS plan
JOIN synthetic_text AS title ON title.number = (subject + floor(pg_temp.share(id, 5) * {OF_A_SUBJECT}))::int
JOIN synthetic_text AS other ON other.number = (subject + floor(pg_temp.share(id, 6) * {OF_A_SUBJECT}))::int
CROSS JOIN LATERAL (
    SELECT string_agg(text, E'\\n' ORDER BY place) AS text, pg_temp.joined(vector ORDER BY place) AS vector
    FROM (
        SELECT place, CASE WHEN pg_temp.share(id * 4096 + place, 7) < 0.5 THEN subject ELSE 0 END AS lowest,
            CASE WHEN pg_temp.share(id * 4096 + place, 7) < 0.5 THEN 1 ELSE {SUBJECTS} END * {OF_A_SUBJECT} AS several
        FROM generate_series(1, paragraphs) AS place
    ) AS drawn
    CROSS JOIN LATERAL (
        SELECT text, vector FROM synthetic_text
        WHERE number = (lowest + floor(pg_temp.share(id * 4096 + place, 8) * several))::int LIMIT 1
    ) AS paragraph
) AS written
"""  # noqa: S608 - constants
"""LIMIT 1 makes the planner look paragraphs up in their index."""

TEXTS: Final = """
synthetic_article AS written
JOIN articles_article AS article USING (id)
JOIN (
    SELECT content_object_id AS id, string_agg(name, E'\\n' ORDER BY name COLLATE "C") AS names
    FROM articles_articletag JOIN taggit_tag AS tag ON tag.id = tag_id GROUP BY content_object_id
) AS tags USING (id)
JOIN (
    SELECT article_id AS id, string_agg(name, E'\\n' ORDER BY byline.position) AS names
    FROM articles_byline AS byline JOIN accounts_authorprofile AS author ON author.id = author_id GROUP BY article_id
) AS authors USING (id)
"""
"""Tags and authors of all articles: looked up for each article, the planner would try every tag and every author as long
as their tables have no statistics."""


def load_articles(count: int, language: Language, seed: int = 1) -> int:
    """Adds published articles, and their entries in the search index; call `index` afterwards."""
    topics, part = _Topics.create(language), max(MIN_PART, -(-count // 2))
    numbers = reserve_keys(Article, count)
    parts = (numbers[start : start + part] for start in range(0, count, part))
    in_parallel(*(partial(_load, part, language, topics, seed) for part in parts))
    listings.add_up()
    return count


def _load(numbers: range, language: Language, topics: "_Topics", seed: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        create_texts(language, seed, words=PARAGRAPH, each=OF_A_SUBJECT)
        cursor.execute(CREATE)
        cursor.execute(COMPOSE, {"typical": TYPICAL, "first": numbers[0], "last": numbers[-1]})
        with listings.listed_together(numbers):
            _insert_articles()
            topics.assign()
        _write_entries()


def index(language: Language) -> None:
    """Creates the statistics of the search index."""
    rebuild()
    record_words(CONFIGURATION, " ".join([*language.words, "Writer", PREFIX]))


def _insert_articles() -> None:
    zone = timezone.get_default_timezone_name()
    kinds = list(ArticleType.objects.order_by("position").values_list("pk", flat=True))
    insert_selected(
        Article,
        {
            "id": "id",
            "headline": "headline",
            "standfirst": "standfirst",
            "slug": f"'{PREFIX}-' || id",
            "body": "'<p>' || replace(text, E'\\n', '</p><p>') || '</p>'",
            "kind_id": _one_of(kinds, "id", 9),
            "language": "'en'",
            "state": f"'{Article.State.PUBLISHED}'",
            "published_at": "published_at",
            "year": f"extract(year FROM published_at AT TIME ZONE '{zone}')",
            "month": f"extract(month FROM published_at AT TIME ZONE '{zone}')",
        },
        "synthetic_article",
    )


def _write_entries() -> None:
    """Writes the entries of the search index, as `articles.search.indexer` would."""
    vector = (
        f"setweight(to_tsvector('{CONFIGURATION}', article.headline), 'A')"
        f" || setweight(to_tsvector('{CONFIGURATION}', article.standfirst || E'\\n' || tags.names), 'B')"
        f" || setweight(written.vector, 'C')"
        f" || setweight(to_tsvector('{CONFIGURATION}', E'\\n' || authors.names), 'D')"
    )
    with writing_in_bulk():
        insert_selected(
            SearchEntry,
            {
                "article_id": "id",
                "configuration": f"'{CONFIGURATION}'",
                "vector": vector,
                "text": "article.standfirst || E'\\n' || written.text",
                "indexed_at": "clock_timestamp()",
            },
            TEXTS,
        )


@dataclass(frozen=True, slots=True)
class _Topics:
    """Primary keys of what articles are filed under."""

    categories: list[int]
    authors: list[int]
    tags: list[int]

    @classmethod
    def create(cls, language: Language) -> Self:
        for number in range(1, CATEGORIES + 1):
            slug = f"{PREFIX}-{number}"
            if not Category.objects.filter(path=slug).exists():
                taxonomy.save_category(Category(name=f"Section {number}", slug=slug))
        names = [f"Writer {number}" for number in range(1, AUTHORS + 1)]
        AuthorProfile.objects.bulk_create(
            [AuthorProfile(name=name, slug=f"{PREFIX}-{slugify(name)}") for name in names],
            ignore_conflicts=True,
        )
        Tag.objects.bulk_create(
            [
                Tag(name=f"{word} {PREFIX}", slug=f"{PREFIX}-{word}")
                for word in language.words[-TAGS:]
            ],
            ignore_conflicts=True,
        )
        return cls(
            list(Category.objects.filter(path__startswith=PREFIX).values_list("pk", flat=True)),
            list(
                AuthorProfile.objects.filter(slug__startswith=PREFIX).values_list("pk", flat=True)
            ),
            list(Tag.objects.filter(slug__startswith=PREFIX).values_list("pk", flat=True)),
        )

    def assign(self) -> None:
        """Adds a category, an author and up to three tags to each article, and corrections to some."""
        category, author = _one_of(self.categories, "id", 10), _one_of(self.authors, "id", 11)
        tag = _one_of(self.tags, "id * 4 + place", 12)
        insert_selected(
            ArticleCategory, {"article_id": "id", "category_id": category}, "synthetic_article"
        )
        insert_selected(Byline, {"article_id": "id", "author_id": author}, "synthetic_article")
        insert_selected(
            ArticleTag,
            {"content_object_id": "id", "tag_id": "tag"},
            f"(SELECT DISTINCT id, {tag} AS tag"  # noqa: S608
            " FROM synthetic_article, generate_series(1, 3) AS place) AS chosen",
        )
        insert_selected(
            Correction,
            {"article_id": "id", "text": "'A name was misspelt; it is right now.'"},
            f"synthetic_article WHERE pg_temp.share(id, 13) < {CORRECTED}",
        )


def _one_of(keys: Sequence[int], of: str, purpose: int) -> str:
    """An expression for one of the keys."""
    numbers = ", ".join(map(str, keys))
    return f"('{{{numbers}}}'::bigint[])[1 + floor(pg_temp.share({of}, {purpose}) * {len(keys)})]"
