"""Makes the statistics of search anew in two readings of the entries instead of four.

Taking a vector apart is most of the work. Words are counted and the lengths added up in one reading;
the other writes the postings, and knows an article's length from the words it has in hand. Every number
comes out as before.
"""

from importlib import import_module

from django.db import migrations

before = import_module("articles.migrations.0029_search_changes_apart")

REBUILDING = """
CREATE OR REPLACE FUNCTION articles_search_rebuild() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1769105761, 1936023923);
    PERFORM pg_advisory_xact_lock(1769105761, 1936023924);
    DELETE FROM articles_searchchange;
    -- So many new rows are strange to the planner, who would join them one by one.
    ANALYZE articles_searchentry;
    TRUNCATE articles_searchposting;
    DELETE FROM articles_searchlanguage;
    UPDATE articles_searchlexeme SET articles = 0 WHERE articles <> 0;
    WITH counted AS MATERIALIZED (
        SELECT configuration, word, count(*) AS articles, sum(times::float8) AS times
        FROM articles_searchentry, articles_search_terms(vector)
        GROUP BY configuration, word
    ), known AS (
        INSERT INTO articles_searchlexeme (configuration, word, articles)
        SELECT configuration, word, articles FROM counted ORDER BY configuration, word
        ON CONFLICT (configuration, word) DO UPDATE SET articles = excluded.articles
    )
    INSERT INTO articles_searchlanguage (configuration, articles, length, mean)
    SELECT configuration, articles, length, greatest(length / articles, 1)
    FROM (
        SELECT configuration, count(*) AS articles,
            coalesce((SELECT sum(times) FROM counted
                WHERE counted.configuration = entry.configuration), 0) AS length
        FROM articles_searchentry AS entry GROUP BY configuration
    ) AS language;
    ANALYZE articles_searchlexeme;
    ANALYZE articles_searchlanguage;
    INSERT INTO articles_searchposting (lexeme_id, article_id, weight)
    SELECT lexeme.id, article_id, articles_search_weight(term.times, term.length, language.mean)
    FROM articles_searchentry AS entry
    JOIN articles_searchlanguage AS language USING (configuration)
    CROSS JOIN LATERAL (
        SELECT word, times, sum(times::float8) OVER () AS length
        FROM articles_search_terms(entry.vector)
    ) AS term
    JOIN articles_searchlexeme AS lexeme
        ON lexeme.configuration = entry.configuration AND lexeme.word = term.word
    ORDER BY lexeme.id, article_id;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0048_list_the_archive")]

    operations = [migrations.RunSQL(REBUILDING, before.REBUILDING)]
