"""Creates hundreds of thousands of comments and subscribers."""

from typing import Final

from django.db import connection, transaction

from articles.comments.models import Comment, CommentPosition, CommentSearchVector, ThreadCount
from iria.core.db.bulk import insert_selected, reserve_keys, without_indexes, without_triggers
from iria.lab.evaluation.synthetic.articles import PREFIX
from iria.lab.evaluation.synthetic.words import SUBJECTS, Language, create_texts
from newsletter.models import Newsletter, Subscriber, Subscription

SENTENCE_WORDS, SUBJECT_SENTENCES, COMMENT_SENTENCES = 16, 20, 4
"""Words of a sentence, how many are written on each subject, and how many a comment has at most."""
REPLIES: Final = 0.3
"""The share of comments that reply to the previous one."""

WRITE: Final = f"""
CREATE TEMPORARY TABLE synthetic_comment ON COMMIT DROP AS
SELECT id, thread, written.*, 'Reader ' || floor(pg_temp.share(id, 1) * 1000) AS name,
    CASE WHEN id > thread THEN id - 1 END AS parent_id, least(id - thread, 2) + 1 AS level, below,
    now() - (%(last)s - id) * interval '1 minute' AS created_at,
    articles[1 + floor(pg_temp.share(thread, 2) * cardinality(articles))] AS article_id
FROM (
    SELECT id, thread, max(id) OVER (PARTITION BY thread) - id AS below
    FROM (
        SELECT id, max(id) FILTER (WHERE id = %(first)s OR pg_temp.share(id, 3) >= {REPLIES})
            OVER (ORDER BY id) AS thread
        FROM generate_series(%(first)s::bigint, %(last)s) AS id
    ) AS drawn
) AS plan
CROSS JOIN (
    SELECT array_agg(id ORDER BY id) AS articles FROM articles_article
    WHERE state = 'published' AND published_at <= statement_timestamp()
) AS published
CROSS JOIN LATERAL (
    SELECT string_agg(text, ' ' ORDER BY place) AS text, pg_temp.joined(vector ORDER BY place) AS vector
    FROM generate_series(1, 1 + floor(pg_temp.share(id, 4) * {COMMENT_SENTENCES})::int) AS place
    CROSS JOIN LATERAL (
        SELECT text, vector FROM synthetic_text
        WHERE number = floor(pg_temp.share(id * 8 + place, 5) * {SUBJECTS * SUBJECT_SENTENCES})::int LIMIT 1
    ) AS sentence
) AS written
WHERE articles IS NOT NULL
"""  # noqa: S608 - constants
"""In a thread, each comment replies to the one before; `below` is the number of those that follow."""

COUNT_THREADS: Final = """
INSERT INTO articles_threadcount AS known (article_id, readable, top_level_count)
SELECT article_id, count(*), count(*) FILTER (WHERE level = 1) FROM synthetic_comment GROUP BY article_id
ON CONFLICT (article_id) DO UPDATE SET readable = known.readable + excluded.readable,
    top_level_count = known.top_level_count + excluded.top_level_count
"""


def load_comments(count: int, language: Language, seed: int = 1) -> int:
    """Adds approved comments to published articles; some are replies to the previous one.

    Positions, counts and search vectors are written here, several times as fast as by the triggers.
    """
    numbers = reserve_keys(Comment, count)
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        without_indexes(Comment, CommentPosition, CommentSearchVector, ThreadCount),
    ):
        create_texts(language, seed, words=SENTENCE_WORDS, each=SUBJECT_SENTENCES)
        cursor.execute("DROP TABLE IF EXISTS synthetic_comment")
        cursor.execute(WRITE, {"first": numbers[0], "last": numbers[-1]})
        with without_triggers(Comment, "comment_came", "comment_keep_new_words"):
            written = _insert_comments()
        _insert_positions()
        cursor.execute(COUNT_THREADS)
        _insert_vectors()
    return written


def _insert_comments() -> int:
    return insert_selected(
        Comment,
        {
            **{
                name: name
                for name in ("id", "article_id", "parent_id", "name", "text", "created_at")
            },
            "state": f"'{Comment.State.APPROVED}'",
        },
        "synthetic_comment ORDER BY id",
    )


def _insert_positions() -> None:
    insert_selected(
        CommentPosition,
        {
            **{name: name for name in ("article_id", "parent_id", "level", "created_at")},
            "comment_id": "id",
            "root_id": "thread",
            "display_parent_id": "CASE WHEN level > 1 THEN thread + level - 2 END",
            "readable": "true",
            "reply_count": "least(below, 1)",
            "descendant_count": "CASE WHEN level < 3 THEN below ELSE 0 END",
        },
        "synthetic_comment ORDER BY id",
    )


def _insert_vectors() -> None:
    """Joined from the vectors of the sentences, or parsed again for an article in another language."""
    text = (
        "CASE reader WHEN 'iria_english' THEN vector ELSE to_tsvector(reader::regconfig, text) END"
    )
    insert_selected(
        CommentSearchVector,
        {
            "comment_id": "comment.id",
            "configuration": "reader",
            "vector": f"setweight(to_tsvector(reader::regconfig, name), 'A') || {text}",
        },
        "synthetic_comment AS comment JOIN articles_article AS article ON article.id = article_id"
        " CROSS JOIN LATERAL articles_comment_reader(article.language) AS reader",
    )


def load_subscribers(count: int) -> int:
    """Adds confirmed subscribers of the first newsletter, with e-mail addresses that do not exist."""
    newsletter = Newsletter.objects.first()
    if newsletter is None:
        newsletter = Newsletter.objects.create(name="News", slug=PREFIX)
    keys = reserve_keys(Subscriber, count)
    numbers = f"generate_series({keys[0]}::bigint, {keys[-1]}) AS number"
    with transaction.atomic(), without_indexes(Subscriber, Subscription):
        insert_selected(
            Subscriber,
            {
                "id": "number",
                "email": f"'reader-' || number || '@{PREFIX}.example'",
                "state": f"'{Subscriber.State.ACTIVE}'",
                "token": "replace(gen_random_uuid()::text, '-', '')",
                "confirmed_at": "now()",
            },
            numbers,
        )
        of_newsletter = {"subscriber_id": "number", "newsletter_id": str(newsletter.pk)}
        insert_selected(Subscription, of_newsletter, numbers)
    return count
