"""The version of a picture's rights is PostgreSQL's to count; files know what they were cut around.

Whoever changes a credit, and by whatever road, raises the version in the same transaction; whoever
saves a picture with yesterday's version cannot put it back. The list of a picture's files is now
kept statement by statement: renaming forty files writes their picture once, not forty times.
"""

from django.db import migrations, models

COUNT = """
CREATE FUNCTION articles_image_count_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.rights_version := OLD.rights_version;
    IF (NEW.credit, NEW.byline, NEW.copyright_notice, NEW.licence_url, NEW.usage_terms,
        NEW.digital_source_type)
        IS DISTINCT FROM
        (OLD.credit, OLD.byline, OLD.copyright_notice, OLD.licence_url, OLD.usage_terms,
        OLD.digital_source_type)
    THEN
        NEW.rights_version := OLD.rights_version + 1;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER image_count_rights BEFORE UPDATE ON articles_image
    FOR EACH ROW EXECUTE FUNCTION articles_image_count_rights();
"""

LET_COUNTING_GO = """
DROP TRIGGER image_count_rights ON articles_image;
DROP FUNCTION articles_image_count_rights();
"""

BY_STATEMENT = """
DROP TRIGGER rendition_tell_image ON articles_rendition;

CREATE OR REPLACE FUNCTION articles_rendition_tell_image() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE articles_image SET sizes = '[]' WHERE id IN
            (SELECT image_id FROM old_rows UNION SELECT image_id FROM new_rows);
    ELSIF TG_OP = 'INSERT' THEN
        UPDATE articles_image SET sizes = '[]' WHERE id IN (SELECT image_id FROM new_rows);
    ELSE
        UPDATE articles_image SET sizes = '[]' WHERE id IN (SELECT image_id FROM old_rows);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER rendition_tell_image_of_new AFTER INSERT ON articles_rendition
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_rendition_tell_image();
CREATE TRIGGER rendition_tell_image_of_changed AFTER UPDATE ON articles_rendition
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_rendition_tell_image();
CREATE TRIGGER rendition_tell_image_of_gone AFTER DELETE ON articles_rendition
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_rendition_tell_image();
"""

BY_ROW = """
DROP TRIGGER rendition_tell_image_of_new ON articles_rendition;
DROP TRIGGER rendition_tell_image_of_changed ON articles_rendition;
DROP TRIGGER rendition_tell_image_of_gone ON articles_rendition;

CREATE OR REPLACE FUNCTION articles_rendition_tell_image() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE articles_image SET sizes = '[]' WHERE id IN (OLD.image_id, NEW.image_id);
    RETURN NULL;
END $$;

CREATE TRIGGER rendition_tell_image AFTER INSERT OR UPDATE OR DELETE ON articles_rendition
    FOR EACH ROW EXECUTE FUNCTION articles_rendition_tell_image();
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0023_picture_gate")]

    operations = [
        migrations.AddField(
            model_name="rendition",
            name="focus_x",
            field=models.FloatField(default=0.5, help_text="Around which point it was cut, if to a shape."),
        ),
        migrations.AddField(
            model_name="rendition",
            name="focus_y",
            field=models.FloatField(default=0.5),
        ),
        migrations.AddField(
            model_name="formername",
            name="file",
            field=models.FileField(blank=True, help_text="Kept for a while, for whoever is being handed it; then discarded.", max_length=200, upload_to=""),
        ),
        migrations.RunSQL(COUNT, LET_COUNTING_GO),
        migrations.RunSQL(BY_STATEMENT, BY_ROW),
    ]
