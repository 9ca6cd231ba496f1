"""A use that is written waits for whoever is publishing its article.

It asked only for rows that are published already, and so did not wait for one that was about to be:
of two transactions at once neither saw the other, and both came through. Now the article's row is
held first, and its state read afterwards.
"""

from django.db import migrations

HELD_FIRST = """
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
        WHERE id = NEW.image_id AND NOT articles_picture_is_credited(credit, needs_no_credit);
    IF FOUND THEN
        PERFORM articles_refuse_uncredited(NEW.image_id, NEW.article_id);
    END IF;
    RETURN NULL;
END $$;
"""

AS_BEFORE = HELD_FIRST.replace(
    """    PERFORM FROM articles_article WHERE id = NEW.article_id FOR SHARE;
    PERFORM FROM articles_article WHERE id = NEW.article_id AND state = 'published';
""",
    """    PERFORM FROM articles_article
        WHERE id = NEW.article_id AND state = 'published' FOR SHARE;
""",
)


class Migration(migrations.Migration):
    dependencies = [("articles", "0035_when_pictures_were_taken")]

    operations = [migrations.RunSQL(HELD_FIRST, AS_BEFORE)]
