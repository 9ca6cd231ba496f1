"""Statistics for ranking: how rare each stem is, and how much it says of each article.

Two functions hold the whole of the weighing (docs/algorithms/search.md); to weigh otherwise, replace
them in a new migration that calls `articles_search_rebuild()`. The triggers keep every number true in
the transaction that writes an entry. Entries are written one transaction after another, so that no two
of them wait for each other's stems in turn.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

POSTINGS = """
CREATE TABLE articles_searchposting (
    article_id bigint NOT NULL,
    lexeme_id integer NOT NULL,
    weight real NOT NULL,
    PRIMARY KEY (lexeme_id, article_id) INCLUDE (weight)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE articles_searchlexeme SET (fillfactor = 70);
"""

WEIGHING = """
CREATE FUNCTION articles_search_terms(vector tsvector) RETURNS TABLE (word text, times real)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lexeme, (cardinality(weights) + 2 * cardinality(array_positions(weights, 'A'))
        + cardinality(array_positions(weights, 'B')))::real
    FROM unnest(vector)
$$;

CREATE FUNCTION articles_search_weight(times real, length float8, mean float8) RETURNS real
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (0.25 + 2.2 * times / (times + 1.2 * (0.25 + 0.75 * length / mean)))::real
$$;
"""

KEEPING = """
CREATE FUNCTION articles_search_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1769105761, 1936023923);
    RETURN NULL;
END $$;

CREATE FUNCTION articles_search_take() RETURNS trigger LANGUAGE plpgsql AS $$
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
    UPDATE articles_searchlexeme SET articles = articles - 1 FROM taken WHERE id = taken.lexeme_id;
    UPDATE articles_searchlanguage SET articles = articles - 1, length = length - (
        SELECT coalesce(sum(times), 0) FROM articles_search_terms(OLD.vector))
    WHERE configuration = OLD.configuration;
    RETURN NULL;
END $$;

CREATE FUNCTION articles_search_give() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total float8 := (SELECT coalesce(sum(times), 0) FROM articles_search_terms(NEW.vector));
    typical float8;
BEGIN
    IF current_setting('iria.search_in_bulk', true) = 'on' THEN
        RETURN NULL;
    END IF;
    INSERT INTO articles_searchlanguage AS language (configuration, articles, length, mean)
    VALUES (NEW.configuration, 1, total, greatest(total, 1))
    ON CONFLICT (configuration) DO UPDATE SET articles = language.articles + 1,
        length = language.length + excluded.length
    RETURNING mean INTO typical;
    INSERT INTO articles_searchlexeme (configuration, word, articles)
    SELECT NEW.configuration, word, 0 FROM unnest(tsvector_to_array(NEW.vector)) AS word
    WHERE NOT EXISTS (
        SELECT FROM articles_searchlexeme AS known
        WHERE known.configuration = NEW.configuration AND known.word = word.word);
    WITH given AS (
        INSERT INTO articles_searchposting AS posting (lexeme_id, article_id, weight)
        SELECT lexeme.id, NEW.article_id, articles_search_weight(term.times, total, typical)
        FROM articles_search_terms(NEW.vector) AS term
        JOIN articles_searchlexeme AS lexeme
            ON lexeme.configuration = NEW.configuration AND lexeme.word = term.word
        ON CONFLICT (lexeme_id, article_id) DO UPDATE SET weight = excluded.weight
        RETURNING lexeme_id, posting.xmax = 0 AS is_new
    )
    UPDATE articles_searchlexeme SET articles = articles + 1
    FROM given WHERE id = given.lexeme_id AND given.is_new;
    RETURN NULL;
END $$;

CREATE TRIGGER search_entry_in_turn BEFORE INSERT OR UPDATE OR DELETE ON articles_searchentry
    FOR EACH STATEMENT EXECUTE FUNCTION articles_search_in_turn();
CREATE TRIGGER search_entry_a_take AFTER DELETE OR UPDATE OF configuration, vector
    ON articles_searchentry FOR EACH ROW EXECUTE FUNCTION articles_search_take();
CREATE TRIGGER search_entry_b_give AFTER INSERT OR UPDATE OF configuration, vector
    ON articles_searchentry FOR EACH ROW EXECUTE FUNCTION articles_search_give();

"""

REBUILDING = """
CREATE FUNCTION articles_search_rebuild() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1769105761, 1936023923);
    -- So many new rows are strange to the planner, who would join them one by one.
    ANALYZE articles_searchentry;
    TRUNCATE articles_searchposting;
    DELETE FROM articles_searchlanguage;
    INSERT INTO articles_searchlanguage (configuration, articles, length, mean)
    SELECT configuration, count(*), sum(length), greatest(avg(length), 1)
    FROM (
        SELECT configuration, coalesce((SELECT sum(times) FROM articles_search_terms(vector)), 0)
        FROM articles_searchentry
    ) AS entry (configuration, length)
    GROUP BY configuration;
    UPDATE articles_searchlexeme SET articles = 0;
    INSERT INTO articles_searchlexeme (configuration, word, articles)
    SELECT configuration, word, count(*)
    FROM articles_searchentry, unnest(tsvector_to_array(vector)) AS word
    GROUP BY configuration, word ORDER BY configuration, word
    ON CONFLICT (configuration, word) DO UPDATE SET articles = excluded.articles;
    ANALYZE articles_searchlexeme;
    ANALYZE articles_searchlanguage;
    INSERT INTO articles_searchposting (lexeme_id, article_id, weight)
    WITH entry AS MATERIALIZED (  -- or every posting would count its article's words again
        SELECT article_id, configuration,
            (SELECT sum(times) FROM articles_search_terms(vector)) AS length
        FROM articles_searchentry
    )
    SELECT lexeme.id, article_id, articles_search_weight(term.times, entry.length, language.mean)
    FROM articles_searchentry AS whole
    JOIN entry USING (article_id)
    JOIN articles_searchlanguage AS language ON language.configuration = entry.configuration
    CROSS JOIN LATERAL articles_search_terms(whole.vector) AS term
    JOIN articles_searchlexeme AS lexeme
        ON lexeme.configuration = entry.configuration AND lexeme.word = term.word
    ORDER BY lexeme.id, article_id;
END $$;

SELECT articles_search_rebuild();
"""

LETTING_GO = """
DROP FUNCTION articles_search_rebuild();
DROP TRIGGER search_entry_in_turn ON articles_searchentry;
DROP TRIGGER search_entry_a_take ON articles_searchentry;
DROP TRIGGER search_entry_b_give ON articles_searchentry;
DROP FUNCTION articles_search_in_turn();
DROP FUNCTION articles_search_take();
DROP FUNCTION articles_search_give();
DROP FUNCTION articles_search_terms(tsvector);
DROP FUNCTION articles_search_weight(real, float8, float8);
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0011_places_on_front_pages")]

    operations = [
        migrations.AlterField(
            model_name="searchentry",
            name="vector",
            field=django.contrib.postgres.search.SearchVectorField(
                help_text="Headline A, standfirst and tags B, text C; captions, credits, bylines D."
            ),
        ),
        migrations.CreateModel(
            name="SearchLanguage",
            fields=[
                ("configuration", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("articles", models.IntegerField()),
                ("length", models.FloatField(help_text="Words of all entries, each counted by its place.")),
                ("mean", models.FloatField(help_text="The mean length that the postings' weights were written with; the true one may have moved on a little (search.statistics.refresh).")),
            ],
        ),
        migrations.CreateModel(
            name="SearchLexeme",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("configuration", models.CharField(max_length=40)),
                ("word", models.TextField()),
                ("articles", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("configuration", "word"), name="search_lexeme_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("configuration", models.CharField(max_length=40)),
                ("word", models.TextField()),
                ("lexeme", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="articles.searchlexeme")),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["word"], name="search_word_like", opclasses=["gin_trgm_ops"])],
                "constraints": [models.UniqueConstraint(fields=("word", "configuration"), name="search_word_once")],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(POSTINGS, "DROP TABLE articles_searchposting"),
                migrations.RunSQL(WEIGHING + KEEPING + REBUILDING, LETTING_GO),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="SearchPosting",
                    fields=[
                        ("pk", models.CompositePrimaryKey("lexeme_id", "article_id", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("weight", models.FloatField()),
                        ("article", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="articles.searchentry")),
                        ("lexeme", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="articles.searchlexeme")),
                    ],
                ),
            ],
        ),
    ]
