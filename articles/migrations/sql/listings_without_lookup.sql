-- Whether an entry is new is left to its primary key. Looked up by a query, each batch read all entries as long
-- as the table had no statistics, as in a new database that is being filled.
CREATE OR REPLACE FUNCTION articles_listing_write_some(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
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
