-- No transaction leaves a published article with a picture that has no credit.
--
-- There are three ways to get there: an article is published or gets another lead picture, a picture is used
-- in it, or a picture loses its credit or its exemption. A deferred constraint trigger checks each at
-- the end of the transaction, so the order of its statements does not matter. Licences are not checked: they
-- end as time passes, and then the article stays published without the picture (articles/images/usage_check.py).
--
-- Concurrent transactions: whoever brings a picture to readers locks its row (and the article's) until the
-- commit; whoever removes a credit has changed that row. So the second one waits and then sees what the
-- first one did. Only one side locks rows of the other, so there is no deadlock.

CREATE FUNCTION articles_picture_is_credited(credit text, needs_no_credit boolean)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT needs_no_credit OR btrim(credit,
        E' \t\n\u000B\f\r\u001C\u001D\u001E\u001F\u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004' ||
        E'\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000') <> ''
$$;

CREATE FUNCTION articles_refuse_uncredited(picture bigint, article bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation',
        CONSTRAINT = 'article_pictures_credited',
        MESSAGE = 'The picture ' || (
            SELECT coalesce(nullif(headline, ''), nullif(left(caption, 60), ''), id::text)
            FROM articles_image WHERE id = picture
        ) || ' has no credit and readers see it in the article “' || (
            SELECT headline FROM articles_article WHERE id = article
        ) || '”; give the picture a credit, or say why it needs none.';
END $$;

CREATE FUNCTION articles_article_guard_credits() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE CONSTRAINT TRIGGER article_inserted_is_credited AFTER INSERT ON articles_article
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state = 'published') EXECUTE FUNCTION articles_article_guard_credits();

CREATE CONSTRAINT TRIGGER article_changed_is_credited
    AFTER UPDATE OF state, lead_image_id ON articles_article
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state = 'published' AND (
        OLD.state <> NEW.state OR OLD.lead_image_id IS DISTINCT FROM NEW.lead_image_id
    )) EXECUTE FUNCTION articles_article_guard_credits();

CREATE FUNCTION articles_figure_guard_credits() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE CONSTRAINT TRIGGER figure_is_credited
    AFTER INSERT OR UPDATE OF article_id, image_id ON articles_figure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION articles_figure_guard_credits();

CREATE FUNCTION articles_image_guard_credits() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE CONSTRAINT TRIGGER image_stays_credited
    AFTER UPDATE OF credit, credit_exempt ON articles_image
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NOT articles_picture_is_credited(NEW.credit, NEW.credit_exempt))
    EXECUTE FUNCTION articles_image_guard_credits();

-- Images that were imported without a credit are accepted in published articles. Only an insert can say that a
-- credit is pending, and it is no longer pending once there is one: so nobody can take a credit away again
-- from an image that readers see.

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

CREATE CONSTRAINT TRIGGER image_credit_stays_pending AFTER UPDATE OF credit_pending ON articles_image
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.credit_pending AND NOT articles_picture_is_credited(NEW.credit, NEW.credit_exempt))
    EXECUTE FUNCTION articles_image_guard_credits();
