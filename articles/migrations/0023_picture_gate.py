"""No transaction leaves a published article with a picture that has no credit, by whatever road.

Three roads lead there: an article goes out or gets another lead picture, a picture is used in it, a
picture loses its credit or its exemption. Each is watched by a deferred constraint trigger, so that
within a transaction the order of things does not matter. Licences are not watched: they end by the
passage of time, and what is out stays out with the picture withheld (`articles/images/rights/usage_check.py`).

Two transactions at once cannot get past each other. Whoever brings a picture to readers holds its
row (and the article's) against change until the commit; whoever takes a credit away has changed that
row. So the second of them waits and then sees what the first one did. Only one side holds rows of the
other, so the two never wait for each other.
"""

from django.db import migrations

# What Python's str.strip takes away counts as nothing here too.
CREDITED = r"""
CREATE FUNCTION articles_picture_is_credited(credit text, needs_no_credit boolean)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT needs_no_credit OR btrim(credit,
        E' \t\n\u000B\f\r\u001C\u001D\u001E\u001F\u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004' ||
        E'\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000') <> ''
$$;
"""

REFUSE = """
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
"""

BY_ARTICLE = """
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
            UNION ALL SELECT lead_picture_id FROM articles_article WHERE id = NEW.id
        )
        ORDER BY image.id FOR SHARE OF image
    LOOP
        PERFORM FROM articles_image
            WHERE id = bare AND NOT articles_picture_is_credited(credit, needs_no_credit);
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
    AFTER UPDATE OF state, lead_picture_id ON articles_article
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state = 'published' AND (
        OLD.state <> NEW.state OR OLD.lead_picture_id IS DISTINCT FROM NEW.lead_picture_id
    )) EXECUTE FUNCTION articles_article_guard_credits();
"""

BY_USE = """
CREATE FUNCTION articles_figure_guard_credits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM articles_figure WHERE id = NEW.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM FROM articles_article WHERE id = NEW.article_id AND state = 'published' FOR SHARE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM FROM articles_image WHERE id = NEW.image_id FOR SHARE;
    PERFORM FROM articles_image
        WHERE id = NEW.image_id AND NOT articles_picture_is_credited(credit, needs_no_credit);
    IF FOUND THEN
        PERFORM articles_refuse_uncredited(NEW.image_id, NEW.article_id);
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER figure_is_credited
    AFTER INSERT OR UPDATE OF article_id, image_id ON articles_figure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION articles_figure_guard_credits();
"""

BY_PICTURE = """
CREATE FUNCTION articles_image_guard_credits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shown_in bigint;
BEGIN
    PERFORM FROM articles_image
        WHERE id = NEW.id AND NOT articles_picture_is_credited(credit, needs_no_credit);
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT id INTO shown_in FROM articles_article
        WHERE state = 'published' AND (
            lead_picture_id = NEW.id
            OR id IN (SELECT article_id FROM articles_figure WHERE image_id = NEW.id)
        )
        ORDER BY id LIMIT 1;
    IF FOUND THEN
        PERFORM articles_refuse_uncredited(NEW.id, shown_in);
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER image_stays_credited
    AFTER UPDATE OF credit, needs_no_credit ON articles_image
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NOT articles_picture_is_credited(NEW.credit, NEW.needs_no_credit))
    EXECUTE FUNCTION articles_image_guard_credits();
"""

LET_GO = """
DROP TRIGGER image_stays_credited ON articles_image;
DROP TRIGGER figure_is_credited ON articles_figure;
DROP TRIGGER article_changed_is_credited ON articles_article;
DROP TRIGGER article_inserted_is_credited ON articles_article;
DROP FUNCTION articles_image_guard_credits();
DROP FUNCTION articles_figure_guard_credits();
DROP FUNCTION articles_article_guard_credits();
DROP FUNCTION articles_refuse_uncredited(bigint, bigint);
DROP FUNCTION articles_picture_is_credited(text, boolean);
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0022_figures_in_galleries")]

    operations = [
        migrations.RunSQL([CREDITED, REFUSE, BY_ARTICLE, BY_USE, BY_PICTURE], LET_GO),
    ]
