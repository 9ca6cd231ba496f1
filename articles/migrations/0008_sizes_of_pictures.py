"""A picture's row knows its files, so that a page with forty pictures does not read six hundred rows.

The rows of the renditions stay the truth. Two triggers keep the copy: a change among the rows
touches the picture, and whenever a picture is written PostgreSQL fills the column in itself, so
that nobody who saves a picture with yesterday's list can put it back.
"""

from django.db import migrations, models

KEEP = """
CREATE FUNCTION articles_image_fill_sizes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sizes := (
        SELECT coalesce(
            jsonb_agg(jsonb_build_array(format, width, height, name, bytes) ORDER BY width, format),
            '[]')
        FROM articles_rendition WHERE image_id = NEW.id
    );
    RETURN NEW;
END $$;

CREATE TRIGGER image_fill_sizes BEFORE INSERT OR UPDATE ON articles_image
    FOR EACH ROW EXECUTE FUNCTION articles_image_fill_sizes();

CREATE FUNCTION articles_rendition_tell_image() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE articles_image SET sizes = '[]' WHERE id IN (OLD.image_id, NEW.image_id);
    RETURN NULL;
END $$;

CREATE TRIGGER rendition_tell_image AFTER INSERT OR UPDATE OR DELETE ON articles_rendition
    FOR EACH ROW EXECUTE FUNCTION articles_rendition_tell_image();

UPDATE articles_image SET sizes = '[]';
"""

LET_GO = """
DROP TRIGGER rendition_tell_image ON articles_rendition;
DROP TRIGGER image_fill_sizes ON articles_image;
DROP FUNCTION articles_rendition_tell_image();
DROP FUNCTION articles_image_fill_sizes();
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0007_article_made_from")]

    operations = [
        migrations.AddField(
            model_name="image",
            name="sizes",
            field=models.JSONField(
                default=list,
                editable=False,
                help_text="Every rendition as format, width, height, name and bytes, the narrowest first. PostgreSQL keeps it from the renditions' rows; what is written here is overruled.",
            ),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
