-- What PostgreSQL keeps in the row of a picture: the list of its files, and the version of its rights.
--
-- The rows of renditions are the truth. A statement that changes some of them touches their pictures once,
-- and whenever a picture is written the list is made again, so a stale copy cannot be saved. Likewise
-- nobody can set the version of the rights: it grows when a credit or a licence changes.

CREATE FUNCTION articles_image_fill_sizes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sizes := (
        SELECT coalesce(
            jsonb_agg(
                jsonb_build_array(format, width, height, name, bytes, shape, moving)
                ORDER BY width, format, shape, moving),
            '[]')
        FROM articles_rendition WHERE image_id = NEW.id
    );
    RETURN NEW;
END $$;

CREATE TRIGGER image_fill_sizes BEFORE INSERT OR UPDATE ON articles_image
    FOR EACH ROW EXECUTE FUNCTION articles_image_fill_sizes();

CREATE FUNCTION articles_rendition_tell_image() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER rendition_tell_image_of_new AFTER INSERT ON articles_rendition
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_rendition_tell_image();

CREATE TRIGGER rendition_tell_image_of_changed AFTER UPDATE ON articles_rendition
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_rendition_tell_image();

CREATE TRIGGER rendition_tell_image_of_gone AFTER DELETE ON articles_rendition
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION articles_rendition_tell_image();
