-- Images that were imported without a credit are accepted in published articles.
--
-- Only an insert can say that a credit is pending, and it is no longer pending once there is one: so nobody can
-- take a credit away again from an image that readers see.

CREATE FUNCTION articles_image_settle_credit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF articles_picture_is_credited(NEW.credit, NEW.credit_exempt)
        OR (TG_OP = 'UPDATE' AND NOT OLD.credit_pending)
    THEN
        NEW.credit_pending := false;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER image_credit_settled
    BEFORE INSERT OR UPDATE OF credit, credit_exempt, credit_pending ON articles_image
    FOR EACH ROW WHEN (NEW.credit_pending) EXECUTE FUNCTION articles_image_settle_credit();

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
            WHERE id = bare AND NOT articles_picture_is_credited(credit, credit_exempt OR credit_pending);
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
        WHERE id = NEW.image_id AND NOT articles_picture_is_credited(credit, credit_exempt OR credit_pending);
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
        WHERE id = NEW.id AND NOT articles_picture_is_credited(credit, credit_exempt OR credit_pending);
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

CREATE CONSTRAINT TRIGGER image_credit_stays_pending AFTER UPDATE OF credit_pending ON articles_image
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.credit_pending AND NOT articles_picture_is_credited(NEW.credit, NEW.credit_exempt))
    EXECUTE FUNCTION articles_image_guard_credits();
