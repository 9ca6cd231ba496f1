"""Statistics of search without a queue: editors who save at once do not wait for each other.

What a saving does to the counts that all articles share is written down beside them (`articles_searchchange`)
and added by whoever comes to it first: at once, in the same transaction, where nobody else is adding;
otherwise by the next who is. Postings belong to one article each and are written at once in any case.

A vector stays in its row as long as it fits there: phrases are looked for in thousands of them.
"""

from importlib import import_module

import django.contrib.postgres.fields
from django.db import migrations, models

before = import_module("articles.migrations.0012_search_statistics")

KEEPING = """
ALTER TABLE articles_searchentry ALTER COLUMN vector SET STORAGE MAIN;

-- Anybody beside anybody, but nobody beside those who make everything anew.
CREATE OR REPLACE FUNCTION articles_search_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1769105761, 1936023923);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION articles_search_take() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone text[] := tsvector_to_array(OLD.vector);
BEGIN
    IF current_setting('iria.search_in_bulk', true) = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.configuration = OLD.configuration THEN
            gone := ARRAY(SELECT unnest(gone) EXCEPT SELECT unnest(tsvector_to_array(NEW.vector)));
        END IF;
    END IF;
    WITH taken AS (
        DELETE FROM articles_searchposting AS posting USING articles_searchlexeme AS lexeme
        WHERE lexeme.configuration = OLD.configuration AND lexeme.word = ANY(gone)
            AND posting.lexeme_id = lexeme.id AND posting.article_id = OLD.article_id
        RETURNING posting.lexeme_id
    )
    INSERT INTO articles_searchchange (configuration, articles, length, lexemes)
    SELECT OLD.configuration, -1,
        (SELECT -coalesce(sum(times), 0) FROM articles_search_terms(OLD.vector)),
        coalesce(array_agg(lexeme_id), '{}')
    FROM taken;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION articles_search_give() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total float8 := (SELECT coalesce(sum(times), 0) FROM articles_search_terms(NEW.vector));
    typical float8;
BEGIN
    IF current_setting('iria.search_in_bulk', true) = 'on' THEN
        RETURN NULL;
    END IF;
    SELECT mean INTO typical FROM articles_searchlanguage WHERE configuration = NEW.configuration;
    IF typical IS NULL THEN
        INSERT INTO articles_searchlanguage (configuration, articles, length, mean)
        VALUES (NEW.configuration, 0, 0, greatest(total, 1)) ON CONFLICT DO NOTHING;
        SELECT mean INTO typical FROM articles_searchlanguage WHERE configuration = NEW.configuration;
    END IF;
    -- In the order of the words, so that of two who bring the same new ones each waits for the other at most once.
    INSERT INTO articles_searchlexeme (configuration, word, articles)
    SELECT NEW.configuration, word, 0 FROM unnest(tsvector_to_array(NEW.vector)) AS word
    WHERE NOT EXISTS (
        SELECT FROM articles_searchlexeme AS known
        WHERE known.configuration = NEW.configuration AND known.word = word.word)
    ORDER BY word
    ON CONFLICT DO NOTHING;
    WITH given AS (
        INSERT INTO articles_searchposting AS posting (lexeme_id, article_id, weight)
        SELECT lexeme.id, NEW.article_id, articles_search_weight(term.times, total, typical)
        FROM articles_search_terms(NEW.vector) AS term
        JOIN articles_searchlexeme AS lexeme
            ON lexeme.configuration = NEW.configuration AND lexeme.word = term.word
        ON CONFLICT (lexeme_id, article_id) DO UPDATE SET weight = excluded.weight
        RETURNING lexeme_id, posting.xmax = 0 AS is_new
    )
    INSERT INTO articles_searchchange (configuration, articles, length, lexemes)
    SELECT NEW.configuration, 1, total, coalesce(array_agg(lexeme_id) FILTER (WHERE is_new), '{}')
    FROM given;
    RETURN NULL;
END $$;

CREATE FUNCTION articles_search_add_up() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(1769105761, 1936023924) THEN
        RETURN false;
    END IF;
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
    WHERE language.configuration = moved.configuration;
    RETURN true;
END $$;

CREATE FUNCTION articles_search_added_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('iria.search_in_bulk', true) IS DISTINCT FROM 'on' THEN
        PERFORM articles_search_add_up();
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER search_entry_added_up AFTER INSERT OR DELETE OR UPDATE OF configuration, vector
    ON articles_searchentry FOR EACH STATEMENT EXECUTE FUNCTION articles_search_added_up();
"""

REBUILDING = before.REBUILDING.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
).replace(
    "    PERFORM pg_advisory_xact_lock(1769105761, 1936023923);\n",
    "    PERFORM pg_advisory_xact_lock(1769105761, 1936023923);\n"
    "    PERFORM pg_advisory_xact_lock(1769105761, 1936023924);\n"
    "    DELETE FROM articles_searchchange;\n",
).replace("SELECT articles_search_rebuild();\n", "")

AS_BEFORE = (
    """
DROP TRIGGER search_entry_added_up ON articles_searchentry;
DROP FUNCTION articles_search_added_up();
DROP FUNCTION articles_search_add_up();
ALTER TABLE articles_searchentry ALTER COLUMN vector SET STORAGE EXTENDED;
"""
    + before.LETTING_GO
    + before.WEIGHING
    + before.KEEPING
    + before.REBUILDING
)


class Migration(migrations.Migration):
    dependencies = [("articles", "0028_pictures_are_withdrawn")]

    operations = [
        migrations.CreateModel(
            name="SearchChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("configuration", models.CharField(max_length=40)),
                ("articles", models.SmallIntegerField(help_text="1: an article holds these stems now; -1: it does no longer.")),
                ("length", models.FloatField()),
                ("lexemes", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
        ),
        migrations.RunSQL(KEEPING + REBUILDING, AS_BEFORE),
    ]
