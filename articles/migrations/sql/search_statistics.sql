-- Statistics for ranking: in how many articles a stem is, and what it weighs in each.
--
-- Two functions hold the formula (docs/algorithms/search.md). A migration that changes it calls
-- `articles.search.indexer.rebuild`. What an entry changes in the counts that all articles share is
-- written to articles_searchchange and added up at once, or by the next transaction where another one is
-- adding, so editors who save at the same time do not wait for each other. Postings belong to one
-- article and are written at once.

CREATE TABLE articles_searchposting (
    article_id bigint NOT NULL,
    lexeme_id integer NOT NULL,
    weight real NOT NULL,
    PRIMARY KEY (lexeme_id, article_id) INCLUDE (weight)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE articles_searchlexeme SET (fillfactor = 70);

-- Positions are in order, and those of headline (A) and standfirst (B) come first.
CREATE FUNCTION articles_search_terms(vector tsvector) RETURNS TABLE (word text, times real)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lexeme, CASE WHEN weights[1] < 'C'
        THEN cardinality(weights) + 2 * cardinality(array_positions(weights, 'A'))
            + cardinality(array_positions(weights, 'B'))
        ELSE cardinality(weights) END::real
    FROM unnest(vector)
$$;

CREATE FUNCTION articles_search_weight(times real, length float8, mean float8) RETURNS real
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (0.25 + 2.2 * times / (times + 1.2 * (0.25 + 0.75 * length / mean)))::real
$$;

-- Anybody beside anybody, but nobody beside those who make everything anew.
CREATE FUNCTION articles_search_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1769105761, 1936023923);
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
    INSERT INTO articles_searchchange (configuration, articles, length, lexemes)
    SELECT OLD.configuration, -1,
        (SELECT -coalesce(sum(times), 0) FROM articles_search_terms(OLD.vector)),
        coalesce(array_agg(lexeme_id), '{}')
    FROM taken;
    RETURN NULL;
END $$;

CREATE FUNCTION articles_search_give() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER search_entry_in_turn BEFORE INSERT OR UPDATE OR DELETE ON articles_searchentry
    FOR EACH STATEMENT EXECUTE FUNCTION articles_search_in_turn();

CREATE TRIGGER search_entry_a_take AFTER DELETE OR UPDATE OF configuration, vector
    ON articles_searchentry FOR EACH ROW EXECUTE FUNCTION articles_search_take();

CREATE TRIGGER search_entry_b_give AFTER INSERT OR UPDATE OF configuration, vector
    ON articles_searchentry FOR EACH ROW EXECUTE FUNCTION articles_search_give();

ALTER TABLE articles_searchentry ALTER COLUMN vector SET STORAGE MAIN;

CREATE FUNCTION articles_search_add_up() RETURNS boolean LANGUAGE plpgsql AS $$
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

CREATE FUNCTION articles_search_added_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('iria.search_in_bulk', true) IS DISTINCT FROM 'on' THEN
        PERFORM articles_search_add_up();
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER search_entry_added_up AFTER INSERT OR DELETE OR UPDATE OF configuration, vector
    ON articles_searchentry FOR EACH STATEMENT EXECUTE FUNCTION articles_search_added_up();
