"""Keeps the statistics of search quick for large archives. Every number comes out as before.

They are made anew in two readings of the entries instead of four, since taking a vector apart is most of
the work. Words are counted and the lengths added up in one reading; the other writes the postings, and
knows an article's length from the words it has in hand.

Many words that changed are added up without comparing each with each. Right after many articles were
written the planner knows of few words, and joined tens of thousands of them row by row.
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

ADDING_UP = """
CREATE OR REPLACE FUNCTION articles_search_add_up() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    are_many boolean;
BEGIN
    IF NOT pg_try_advisory_xact_lock(1769105761, 1936023924) THEN
        RETURN false;
    END IF;
    SELECT coalesce(sum(cardinality(lexemes)), 0) > 5000 INTO are_many FROM articles_searchchange;
    IF are_many THEN
        PERFORM set_config('enable_nestloop', 'off', true);
    END IF;
    -- Planned each time: a plan that was kept would be of the time when there were few.
    EXECUTE '
        WITH change AS MATERIALIZED (
            DELETE FROM articles_searchchange RETURNING configuration, articles, length, lexemes
        ), counted AS (
            UPDATE articles_searchlexeme AS lexeme SET articles = lexeme.articles + moved.articles
            FROM (
                SELECT lexeme_id, sum(articles) AS articles FROM change, unnest(lexemes) AS lexeme_id
                GROUP BY lexeme_id HAVING sum(articles) <> 0
            ) AS moved
            WHERE lexeme.id = moved.lexeme_id
        )
        UPDATE articles_searchlanguage AS language
        SET articles = language.articles + moved.articles, length = language.length + moved.length
        FROM (
            SELECT configuration, sum(articles) AS articles, sum(length) AS length
            FROM change GROUP BY configuration
        ) AS moved
        WHERE language.configuration = moved.configuration';
    IF are_many THEN
        PERFORM set_config('enable_nestloop', 'on', true);
    END IF;
    RETURN true;
END $$;
"""

ADDING_UP_BEFORE = before.KEEPING[
    before.KEEPING.index("CREATE FUNCTION articles_search_add_up") : before.KEEPING.index(
        "CREATE FUNCTION articles_search_added_up"
    )
].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("articles", "0048_list_the_archive")]

    operations = [
        migrations.RunSQL(REBUILDING, before.REBUILDING),
        migrations.RunSQL(ADDING_UP, ADDING_UP_BEFORE),
    ]
