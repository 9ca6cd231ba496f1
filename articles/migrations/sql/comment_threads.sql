-- A reply belongs to the same article as its parent, and every comment has a position in its thread.
--
-- Positions and counts are written with every statement that writes comments, once for all its rows. The
-- row of a thread's counts is locked first, so transactions do not lock each other out.

ALTER TABLE articles_comment
    ADD CONSTRAINT comment_parent_in_article
    FOREIGN KEY (parent_id, article_id) REFERENCES articles_comment (id, article_id)
    DEFERRABLE INITIALLY DEFERRED;

-- All positions are found before the first one is written. Read row by row, each comment of a large batch went through
-- the rows written before it as long as the table had no statistics, as in a new database that is being filled.
CREATE FUNCTION articles_thread_place(fresh bigint[]) RETURNS bigint[] LANGUAGE sql AS $$
    -- Positions of new comments, and of replies that were inserted before their parent.
    WITH RECURSIVE laid AS (
        SELECT c.id, c.article_id, c.parent_id, c.created_at,
            coalesce(above.root_id, c.id) AS root_id,
            CASE above.level WHEN 3 THEN above.display_parent_id ELSE above.comment_id END AS display_parent_id,
            least(coalesce(above.level, 0) + 1, 3) AS level
        FROM unnest(fresh) AS one(id)
        JOIN articles_comment AS c ON c.id = one.id
        LEFT JOIN articles_commentposition AS above ON above.comment_id = c.parent_id
        WHERE c.parent_id IS NULL OR above.comment_id IS NOT NULL
        UNION ALL
        SELECT c.id, c.article_id, c.parent_id, c.created_at, laid.root_id,
            CASE laid.level WHEN 3 THEN laid.display_parent_id ELSE laid.id END,
            least(laid.level + 1, 3)
        FROM laid JOIN articles_comment AS c ON c.parent_id = laid.id
    ), placed AS (
        INSERT INTO articles_commentposition
            (comment_id, article_id, parent_id, root_id, display_parent_id, level, created_at,
            readable, reply_count, descendant_count)
        SELECT id, article_id, parent_id, root_id, display_parent_id, level, created_at, false, 0, 0
        FROM laid ORDER BY id ON CONFLICT (comment_id) DO NOTHING
        RETURNING comment_id
    )
    SELECT coalesce(array_agg(placed.comment_id), '{}')
    FROM placed JOIN articles_comment AS c ON c.id = placed.comment_id
    WHERE c.state = 'approved'
$$;

CREATE FUNCTION articles_thread_count(changed bigint[], now_readable boolean[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    threads bigint[];
    roots bigint[];
BEGIN
    SELECT array_agg(DISTINCT article_id), array_agg(DISTINCT root_id) INTO threads, roots
        FROM articles_commentposition WHERE comment_id = ANY(changed);
    IF threads IS NULL THEN
        RETURN;
    END IF;
    PERFORM 1 FROM articles_threadcount WHERE article_id = ANY(threads)
        ORDER BY article_id FOR UPDATE;
    UPDATE articles_threadcount AS thread SET top_level_count = top_level_count - before.number
        FROM (
            SELECT article_id, count(*) AS number FROM articles_commentposition
            WHERE comment_id = ANY(roots) AND shown GROUP BY article_id
        ) AS before
        WHERE thread.article_id = before.article_id;
    WITH step AS (
        SELECT place.*, CASE WHEN one.readable THEN 1 ELSE -1 END AS delta
        FROM unnest(changed, now_readable) AS one(id, readable)
        JOIN articles_commentposition AS place ON place.comment_id = one.id
        WHERE place.readable IS DISTINCT FROM one.readable
    ), target AS (
        SELECT id, sum(own) AS own, sum(reply_count) AS reply_count, sum(descendant_count) AS descendant_count
        FROM (
            SELECT comment_id AS id, delta AS own, 0 AS reply_count, 0 AS descendant_count FROM step
            UNION ALL SELECT parent_id, 0, delta, 0 FROM step WHERE parent_id IS NOT NULL
            UNION ALL SELECT display_parent_id, 0, 0, delta FROM step WHERE level > 1
            UNION ALL SELECT root_id, 0, 0, delta FROM step WHERE level = 3
        ) AS one GROUP BY id
    ), counted AS (
        UPDATE articles_commentposition AS place
        SET readable = CASE WHEN target.own = 0 THEN place.readable ELSE target.own > 0 END,
            reply_count = place.reply_count + target.reply_count,
            descendant_count = place.descendant_count + target.descendant_count
        FROM target WHERE place.comment_id = target.id
    )
    UPDATE articles_threadcount AS thread SET readable = thread.readable + sums.delta
    FROM (SELECT article_id, sum(delta) AS delta FROM step GROUP BY article_id) AS sums
    WHERE thread.article_id = sums.article_id;
    UPDATE articles_threadcount AS thread SET top_level_count = top_level_count + after.number
        FROM (
            SELECT article_id, count(*) AS number FROM articles_commentposition
            WHERE comment_id = ANY(roots) AND shown GROUP BY article_id
        ) AS after
        WHERE thread.article_id = after.article_id;
END $$;

CREATE FUNCTION articles_thread_begin(threads bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO articles_threadcount (article_id, readable, top_level_count)
    SELECT DISTINCT id, 0, 0 FROM unnest(threads) AS thread(id) ORDER BY id
    ON CONFLICT (article_id) DO NOTHING
$$;

CREATE FUNCTION articles_thread_lay(fresh bigint[], threads bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    readable bigint[];
BEGIN
    readable := articles_thread_place(fresh);
    IF cardinality(readable) > 0 THEN
        PERFORM articles_thread_begin(threads);
        PERFORM articles_thread_count(readable, array_fill(true, ARRAY[cardinality(readable)]));
    END IF;
END $$;

CREATE FUNCTION articles_comment_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_thread_lay(array_agg(id), array_agg(DISTINCT article_id)) FROM came
        HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE TRIGGER comment_came AFTER INSERT ON articles_comment
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION articles_comment_came();

CREATE FUNCTION articles_comment_went() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    SELECT array_agg(id) INTO ids FROM went;
    IF ids IS NOT NULL THEN
        PERFORM articles_thread_count(ids, array_fill(false, ARRAY[cardinality(ids)]));
        -- Replies that a later statement deletes were still counted.
        UPDATE articles_threadcount AS thread SET top_level_count = top_level_count - gone.number
            FROM (
                SELECT article_id, count(*) AS number FROM articles_commentposition
                WHERE comment_id = ANY(ids) AND level = 1 AND shown GROUP BY article_id
            ) AS gone
            WHERE thread.article_id = gone.article_id;
        DELETE FROM articles_commentposition WHERE comment_id = ANY(ids);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER comment_went AFTER DELETE ON articles_comment
    REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION articles_comment_went();

CREATE FUNCTION articles_comment_turned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    states boolean[];
    moved bigint[];
    all_ids bigint[];
BEGIN
    SELECT array_agg(is_now.id), array_agg(is_now.state = 'approved') INTO ids, states
        FROM is_now JOIN was USING (id)
        WHERE (is_now.state = 'approved') <> (was.state = 'approved');
    IF ids IS NOT NULL THEN
        PERFORM articles_thread_begin(array_agg(article_id)) FROM is_now;
        PERFORM articles_thread_count(ids, states);
    END IF;
    UPDATE articles_commentposition AS place SET created_at = is_now.created_at
        FROM is_now JOIN was USING (id)
        WHERE place.comment_id = is_now.id AND is_now.created_at <> was.created_at;
    SELECT array_agg(DISTINCT thread.id) INTO moved
        FROM is_now JOIN was USING (id),
            unnest(ARRAY[is_now.article_id, was.article_id]) AS thread(id)
        WHERE is_now.article_id <> was.article_id
            OR is_now.parent_id IS DISTINCT FROM was.parent_id;
    IF moved IS NOT NULL THEN
        -- Only whole threads are moved: their positions are computed again.
        PERFORM articles_thread_begin(moved);
        DELETE FROM articles_commentposition WHERE article_id = ANY(moved);
        UPDATE articles_threadcount SET readable = 0, top_level_count = 0 WHERE article_id = ANY(moved);
        SELECT array_agg(id) INTO all_ids FROM articles_comment WHERE article_id = ANY(moved);
        PERFORM articles_thread_lay(all_ids, moved);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER comment_turned AFTER UPDATE ON articles_comment
    REFERENCING OLD TABLE AS was NEW TABLE AS is_now
    FOR EACH STATEMENT EXECUTE FUNCTION articles_comment_turned();
