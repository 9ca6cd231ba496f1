"""Counting the words of an entry is faster, and left out in bulk; `search.index.bulk` rebuilds the statistics."""

from django.db import migrations

FUNCTIONS = """
-- Positions are in order, and those of headline (A) and standfirst (B) come first.
CREATE OR REPLACE FUNCTION articles_search_terms(vector tsvector) RETURNS TABLE (word text, times real)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lexeme, CASE WHEN weights[1] < 'C'
        THEN cardinality(weights) + 2 * cardinality(array_positions(weights, 'A'))
            + cardinality(array_positions(weights, 'B'))
        ELSE cardinality(weights) END::real
    FROM unnest(vector)
$$;
CREATE OR REPLACE FUNCTION articles_search_give() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total float8;
    typical float8;
BEGIN
    IF current_setting('iria.search_in_bulk', true) = 'on' THEN
        RETURN NULL;
    END IF;
    total := (SELECT coalesce(sum(times), 0) FROM articles_search_terms(NEW.vector));
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
DROP FUNCTION IF EXISTS articles_search_rebuild();
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0076_translate_article_types")]

    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]
