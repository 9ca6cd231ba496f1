-- One row for each published article in each list, and how many articles each list has
-- (docs/decisions/listings.md).

ALTER TABLE articles_listingentry
    SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02);

-- Every row that these articles should have.
CREATE FUNCTION articles_listing_wanted(ids bigint[])
RETURNS TABLE (article_id bigint, scope text, target bigint, language text, published_at timestamptz)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line (category_id, above_id, next_id) AS (
        SELECT id, id, parent_id FROM articles_category
        UNION
        SELECT line.category_id, above.id, above.parent_id
        FROM line JOIN articles_category AS above ON above.id = line.next_id
    )
    SELECT article.id, listed.scope, listed.target, article.language, article.published_at
    FROM unnest(ids) AS wanted (id)
    JOIN articles_article AS article ON article.id = wanted.id AND article.state = 'published'
    CROSS JOIN LATERAL (  -- one article after the other, each from its own few rows
        SELECT 'all', 0::bigint
        UNION ALL SELECT 'year', article.year
        UNION ALL SELECT 'month', article.year * 100 + article.month
        UNION ALL SELECT 'type', article.kind_id
        UNION ALL SELECT 'primary', category_id FROM articles_articlecategory
            WHERE article_id = article.id AND position = 0
        UNION ALL (SELECT DISTINCT 'category', above_id
            FROM articles_articlecategory JOIN line USING (category_id)
            WHERE article_id = article.id)
        UNION ALL SELECT 'tag', tag_id FROM articles_articletag
            WHERE content_object_id = article.id
        UNION ALL SELECT 'author', author_id FROM articles_byline WHERE article_id = article.id
    ) AS listed (scope, target)
$$;

-- Some articles at a time, since the planner takes every array for a short one.
CREATE FUNCTION articles_listing_write(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR start IN 1 .. coalesce(cardinality(ids), 0) BY 500 LOOP
        PERFORM articles_listing_write_some(ids[start : start + 499]);
    END LOOP;
END $$;

-- Only what differs is written: a row that stays costs nothing. Whether an entry is new is left to its primary key.
-- Looked up by a query, each batch read all entries as long as the table had no statistics, as in a new database
-- that is being filled.
CREATE FUNCTION articles_listing_write_some(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH wanted AS MATERIALIZED (SELECT * FROM articles_listing_wanted(ids)),
    gone AS (
        DELETE FROM articles_listingentry AS entry
        WHERE article_id = ANY(ids) AND NOT EXISTS (
            SELECT FROM wanted
            WHERE wanted.article_id = entry.article_id AND wanted.scope = entry.scope
                AND wanted.target = entry.target AND wanted.language = entry.language
                AND wanted.published_at = entry.published_at)
        RETURNING entry.scope, entry.target, entry.language, entry.published_at
    )
    INSERT INTO articles_listingcount
        (scope, target, language, period, articles, visible_from, added_up)
    SELECT * FROM (
        SELECT scope, target, language, articles_listing_period(published_at, whole), -count(*),
            articles_listing_visible_from(published_at), false
        FROM gone CROSS JOIN unnest(ARRAY[true, false]) AS whole
        GROUP BY 1, 2, 3, 4, 6
    ) AS counted;
    WITH new AS (
        INSERT INTO articles_listingentry (article_id, scope, target, language, published_at)
        SELECT * FROM articles_listing_wanted(ids)
        ON CONFLICT (article_id, scope, target) DO NOTHING
        RETURNING scope, target, language, published_at
    )
    INSERT INTO articles_listingcount
        (scope, target, language, period, articles, visible_from, added_up)
    SELECT * FROM (
        SELECT scope, target, language, articles_listing_period(published_at, whole), count(*),
            articles_listing_visible_from(published_at), false
        FROM new CROSS JOIN unnest(ARRAY[true, false]) AS whole
        GROUP BY 1, 2, 3, 4, 6
    ) AS counted;
END $$;

CREATE FUNCTION articles_listing_period(published_at timestamptz, whole boolean) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN whole THEN 0 ELSE
        extract(year FROM published_at AT TIME ZONE 'UTC')::integer * 100
        + extract(month FROM published_at AT TIME ZONE 'UTC')::integer END
$$;

-- What came out more than a day ago is visible by every clock, and needs no row of its own.
CREATE FUNCTION articles_listing_visible_from(published_at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN published_at < now() - interval '1 day'
        THEN 'epoch'::timestamptz ELSE published_at END
$$;

-- An article that somebody else is changing now is not waited for, or two could wait for each other:
-- the worker lists it again afterwards.
CREATE FUNCTION articles_listing_write_unlocked(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    free bigint[];
BEGIN
    SELECT coalesce(array_agg(id), '{}') INTO free FROM (
        SELECT id FROM articles_article WHERE id = ANY(ids) ORDER BY id
        FOR NO KEY UPDATE SKIP LOCKED
    ) AS article;
    PERFORM articles_listing_write(free);
    INSERT INTO articles_listingrecheck (article_id)
    SELECT id FROM articles_article WHERE id = ANY(ids) AND id <> ALL(free);
END $$;

-- A program that loads many articles lists them together at the end.
CREATE FUNCTION articles_listing_in_bulk() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('iria.listings_in_bulk', true), '') = 'on'
$$;

CREATE FUNCTION articles_listing_of_articles() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    IF articles_listing_in_bulk() THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(id) INTO ids FROM new_rows WHERE state = 'published';
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(id) INTO ids FROM old_rows WHERE state = 'published';
    ELSE
        SELECT array_agg(after.id) INTO ids FROM new_rows AS after JOIN old_rows AS before USING (id)
        WHERE (after.state = 'published' OR before.state = 'published')
            AND (after.state, after.published_at, after.language, after.year, after.month, after.kind_id)
            IS DISTINCT FROM (before.state, before.published_at, before.language, before.year, before.month,
                before.kind_id);
    END IF;
    IF ids IS NOT NULL THEN
        PERFORM articles_listing_write(ids);
    END IF;
    RETURN NULL;
END $$;

-- The argument is the column that names the article.
CREATE FUNCTION articles_listing_of_members() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed text := CASE TG_OP WHEN 'INSERT' THEN 'new_rows' WHEN 'DELETE' THEN 'old_rows'
        ELSE '(TABLE old_rows UNION ALL TABLE new_rows) AS both_rows' END;
    ids bigint[];
BEGIN
    IF articles_listing_in_bulk() THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT array_agg(DISTINCT %I) FROM %s', TG_ARGV[0], changed) INTO ids;
    IF ids IS NOT NULL THEN
        PERFORM articles_listing_write_unlocked(ids);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION articles_listing_of_tree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    WITH RECURSIVE moved AS (
        SELECT after.id FROM new_rows AS after JOIN old_rows AS before USING (id)
        WHERE after.parent_id IS DISTINCT FROM before.parent_id
        UNION
        SELECT below.id FROM articles_category AS below JOIN moved ON below.parent_id = moved.id
    )
    SELECT array_agg(DISTINCT article_id) INTO ids
    FROM articles_articlecategory JOIN moved ON moved.id = category_id;
    IF ids IS NOT NULL THEN
        PERFORM articles_listing_write_unlocked(ids);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER listing_insert AFTER INSERT ON articles_article
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_listing_of_articles();
CREATE TRIGGER listing_update AFTER UPDATE ON articles_article
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_listing_of_articles();
CREATE TRIGGER listing_delete AFTER DELETE ON articles_article
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_listing_of_articles();
CREATE TRIGGER listing_insert AFTER INSERT ON articles_articlecategory
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_listing_of_members('article_id');
CREATE TRIGGER listing_update AFTER UPDATE ON articles_articlecategory
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_listing_of_members('article_id');
CREATE TRIGGER listing_delete AFTER DELETE ON articles_articlecategory
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_listing_of_members('article_id');
CREATE TRIGGER listing_insert AFTER INSERT ON articles_articletag
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_listing_of_members('content_object_id');
CREATE TRIGGER listing_update AFTER UPDATE ON articles_articletag
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_listing_of_members('content_object_id');
CREATE TRIGGER listing_delete AFTER DELETE ON articles_articletag
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_listing_of_members('content_object_id');
CREATE TRIGGER listing_insert AFTER INSERT ON articles_byline
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_listing_of_members('article_id');
CREATE TRIGGER listing_update AFTER UPDATE ON articles_byline
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_listing_of_members('article_id');
CREATE TRIGGER listing_delete AFTER DELETE ON articles_byline
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_listing_of_members('article_id');
CREATE TRIGGER listing_update AFTER UPDATE ON articles_category
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_listing_of_tree();
