-- The functions that name renamed tables and columns of images and articles.


CREATE OR REPLACE FUNCTION articles_article_guard_credits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bare bigint;
BEGIN
    -- The row may have changed again, or be gone, since the statement that set this off.
    PERFORM FROM articles_article WHERE id = NEW.id AND state = 'published';
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    FOR bare IN
        SELECT image.id FROM articles_image AS image
        WHERE image.id IN (
            SELECT image_id FROM articles_figure WHERE article_id = NEW.id
            UNION ALL SELECT lead_image_id FROM articles_article WHERE id = NEW.id
        )
        ORDER BY image.id FOR SHARE OF image
    LOOP
        PERFORM FROM articles_image
            WHERE id = bare AND NOT articles_picture_is_credited(credit, credit_exempt);
        IF FOUND THEN
            PERFORM articles_refuse_uncredited(bare, NEW.id);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION articles_figure_guard_credits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM articles_figure WHERE id = NEW.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM FROM articles_article WHERE id = NEW.article_id FOR SHARE;
    PERFORM FROM articles_article WHERE id = NEW.article_id AND state = 'published';
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM FROM articles_image WHERE id = NEW.image_id FOR SHARE;
    PERFORM FROM articles_image
        WHERE id = NEW.image_id AND NOT articles_picture_is_credited(credit, credit_exempt);
    IF FOUND THEN
        PERFORM articles_refuse_uncredited(NEW.image_id, NEW.article_id);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION articles_image_guard_credits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shown_in bigint;
BEGIN
    PERFORM FROM articles_image
        WHERE id = NEW.id AND NOT articles_picture_is_credited(credit, credit_exempt);
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT id INTO shown_in FROM articles_article
        WHERE state = 'published' AND (
            lead_image_id = NEW.id
            OR id IN (SELECT article_id FROM articles_figure WHERE image_id = NEW.id)
        )
        ORDER BY id LIMIT 1;
    IF FOUND THEN
        PERFORM articles_refuse_uncredited(NEW.id, shown_in);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION articles_picture_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.headline, NEW.persons, NEW.keywords, NEW.caption, NEW.alt_text,
        NEW.credit, NEW.byline, NEW.source, NEW.city, NEW.country, NEW.extended_description)
        IS NOT DISTINCT FROM (OLD.headline, OLD.persons, OLD.keywords, OLD.caption, OLD.alt_text,
        OLD.credit, OLD.byline, OLD.source, OLD.city, OLD.country, OLD.extended_description)
    THEN
        RETURN NULL;
    END IF;
    INSERT INTO articles_imagesearchvector (image_id, vector)
    VALUES (NEW.id, articles_picture_words(to_jsonb(NEW) - 'metadata'))
    ON CONFLICT (image_id) DO UPDATE SET vector = excluded.vector;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION articles_picture_reread() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO articles_imagesearchvector (image_id, vector)
    SELECT picture.id, articles_picture_words(to_jsonb(picture)) FROM articles_image AS picture
    ON CONFLICT (image_id) DO UPDATE SET vector = excluded.vector;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION articles_picture_tell_likeness() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.perceptual_hash IS NOT DISTINCT FROM OLD.perceptual_hash THEN
            RETURN NULL;
        END IF;
        DELETE FROM articles_similarimage WHERE image_id = NEW.id OR older_id = NEW.id;
    END IF;
    IF NEW.perceptual_hash IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO articles_similarimage (image_id, older_id, distance)
    SELECT greatest(NEW.id, id), least(NEW.id, id), bit_count((perceptual_hash # NEW.perceptual_hash)::bit(64)) AS distance
    FROM articles_image
    WHERE articles_picture_bands(perceptual_hash) && articles_picture_near_bands(NEW.perceptual_hash)
        AND perceptual_hash IS NOT NULL AND id <> NEW.id
        AND bit_count((perceptual_hash # NEW.perceptual_hash)::bit(64)) <= 7
    ORDER BY distance, id DESC LIMIT 12
    ON CONFLICT (image_id, older_id) DO NOTHING;
    RETURN NULL;
END $$;
