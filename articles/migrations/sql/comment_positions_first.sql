-- All positions are found before the first one is written. Read row by row, each comment of a large batch went through
-- the rows written before it as long as the table had no statistics, as in a new database that is being filled.
CREATE OR REPLACE FUNCTION articles_thread_place(fresh bigint[]) RETURNS bigint[] LANGUAGE sql AS $$
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
