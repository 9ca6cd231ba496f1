"""Creates hundreds of thousands of comments and subscribers."""

from typing import Final

from django.db import connection, transaction
from django.db.models import Max

from articles.comments.models import Comment, CommentPosition, CommentSearchVector
from iria.core.db.bulk import catch_up_sequence, insert_selected, without_indexes, without_trigger
from iria.evaluation.synthetic.articles import PREFIX
from iria.evaluation.synthetic.words import SUBJECTS, Language, create_texts
from newsletter.models import Newsletter, Subscriber, Subscription

SENTENCE, OF_A_SUBJECT, MOST = 16, 20, 4
"""Words of a sentence, how many are written on each subject, and how many a comment has at most."""
REPLIES: Final = 0.3
"""The share of comments that reply to the previous one."""

WRITE: Final = f"""
CREATE TEMPORARY TABLE synthetic_comment ON COMMIT DROP AS
SELECT id, written.*, 'Reader ' || floor(pg_temp.share(id, 1) * 1000) AS name,
    CASE WHEN thread < id THEN id - 1 END AS parent_id,
    articles[1 + floor(pg_temp.share(thread, 2) * cardinality(articles))] AS article_id
FROM (
    SELECT id, max(id) FILTER (WHERE id = %(first)s OR pg_temp.share(id, 3) >= {REPLIES})
        OVER (ORDER BY id) AS thread
    FROM generate_series(%(first)s::bigint, %(last)s) AS id
) AS plan
CROSS JOIN (
    SELECT array_agg(id ORDER BY id) AS articles FROM articles_article
    WHERE state = 'published' AND published_at <= statement_timestamp()
) AS published
CROSS JOIN LATERAL (
    SELECT string_agg(text, ' ' ORDER BY place) AS text, pg_temp.joined(vector ORDER BY place) AS vector
    FROM generate_series(1, 1 + floor(pg_temp.share(id, 4) * {MOST})::int) AS place
    CROSS JOIN LATERAL (
        SELECT text, vector FROM synthetic_text
        WHERE number = floor(pg_temp.share(id * 8 + place, 5) * {SUBJECTS * OF_A_SUBJECT})::int LIMIT 1
    ) AS sentence
) AS written
WHERE articles IS NOT NULL
"""  # noqa: S608 - constants


def load_comments(count: int, language: Language, seed: int = 1) -> int:
    """Adds approved comments to published articles; some are replies to the previous one."""
    first = (Comment.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    last = first + count - 1
    with transaction.atomic(), connection.cursor() as cursor:
        create_texts(language, seed, words=SENTENCE, each=OF_A_SUBJECT)
        cursor.execute("DROP TABLE IF EXISTS synthetic_comment")
        cursor.execute(WRITE, {"first": first, "last": last})
        with without_indexes(Comment, CommentPosition, CommentSearchVector):
            with without_trigger(Comment, "comment_keep_new_words"):
                written = _insert_comments(last)
            _insert_vectors()
    catch_up_sequence(Comment)
    return written


def _insert_comments(last: int) -> int:
    return insert_selected(
        Comment,
        {
            **{name: name for name in ("id", "article_id", "parent_id", "name", "text")},
            "state": f"'{Comment.State.APPROVED}'",
            "created_at": f"now() - ({last} - id) * interval '1 minute'",
        },
        "synthetic_comment ORDER BY id",
    )


def _insert_vectors() -> None:
    """Writes what the trigger `comment_keep_new_words` would, from the vectors of the sentences."""
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
    first = (Subscriber.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    numbers = f"generate_series({first}::bigint, {first + count - 1}) AS number"
    with transaction.atomic():
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
        catch_up_sequence(Subscriber)
    return count
