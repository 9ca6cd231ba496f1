-- What editors search the picture library by: the words of each picture, read in every language of the
-- publication, its keywords, and the pairs of pictures that look alike.

CREATE FUNCTION articles_picture_readers() RETURNS regconfig[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT known.name::regconfig), ARRAY['iria_simple'::regconfig])
    FROM (
        SELECT languages FROM iria_publication
        UNION ALL SELECT 'en' WHERE NOT EXISTS (SELECT FROM iria_publication)
    ) AS publication, regexp_split_to_table(languages, '[ ,]+') AS code
    JOIN (VALUES ('en', 'iria_english'), ('fr', 'iria_french'), ('de', 'iria_german'),
        ('es', 'iria_spanish'), ('pt', 'iria_portuguese'), ('it', 'iria_italian'),
        ('nl', 'iria_dutch'), ('ru', 'iria_russian'), ('tr', 'iria_turkish'),
        ('ar', 'iria_arabic'), ('hi', 'iria_hindi'), ('id', 'iria_indonesian')
    ) AS known (language, name) ON known.language = split_part(lower(code), '-', 1)
$$;

CREATE FUNCTION articles_picture_read(words text, weight "char") RETURNS tsvector
LANGUAGE plpgsql STABLE AS $$
DECLARE
    reader regconfig;
    vector tsvector := '';
BEGIN
    FOREACH reader IN ARRAY articles_picture_readers() LOOP
        -- "Faro/via Meridian" would be read as the path of a file.
        vector := vector || ts_delete(setweight(to_tsvector(reader, translate(words, '/', ' ')),
            weight), tsvector_to_array(vector));
    END LOOP;
    RETURN vector;
END $$;

CREATE FUNCTION articles_picture_query(words text) RETURNS tsquery LANGUAGE plpgsql STABLE AS $$
DECLARE
    reader regconfig;
    one tsquery;
    found tsquery;
BEGIN
    FOREACH reader IN ARRAY articles_picture_readers() LOOP
        one := phraseto_tsquery(reader, translate(words, '/', ' '));
        IF numnode(one) = 0 THEN
            RETURN '';  -- One language passes over it; in another it would find everything.
        END IF;
        found := coalesce(found || one, one);
    END LOOP;
    RETURN found;
END $$;

-- As JSON, so that it also reads the copies of the table that evaluations work on.
CREATE FUNCTION articles_picture_words(picture jsonb) RETURNS tsvector
LANGUAGE sql STABLE AS $$
    SELECT articles_picture_read(concat_ws(' ', picture->>'id', picture->>'headline',
            picture->>'persons', left((SELECT string_agg(word, ' ')
                FROM jsonb_array_elements_text(picture->'keywords') AS word), 20000)), 'A')
        || articles_picture_read(concat_ws(' ', picture->>'caption', picture->>'alt_text'), 'B')
        || articles_picture_read(concat_ws(' ', picture->>'credit', picture->>'byline',
            picture->>'source', picture->>'city', picture->>'country'), 'C')
        || articles_picture_read(picture->>'extended_description', 'D')
$$;

CREATE FUNCTION articles_picture_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER image_keep_words AFTER INSERT OR UPDATE ON articles_image
    FOR EACH ROW EXECUTE FUNCTION articles_picture_keep_words();

CREATE FUNCTION articles_picture_reread() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO articles_imagesearchvector (image_id, vector)
    SELECT picture.id, articles_picture_words(to_jsonb(picture)) FROM articles_image AS picture
    ON CONFLICT (image_id) DO UPDATE SET vector = excluded.vector;
    RETURN NULL;
END $$;

CREATE TRIGGER publication_reread_pictures AFTER UPDATE ON iria_publication
    FOR EACH ROW WHEN (OLD.languages IS DISTINCT FROM NEW.languages)
    EXECUTE FUNCTION articles_picture_reread();

CREATE TRIGGER publication_read_pictures AFTER INSERT ON iria_publication
    FOR EACH ROW EXECUTE FUNCTION articles_picture_reread();

-- Sixty-four bits in four bands: where two pictures differ in at most seven bits, at least one
-- band differs in at most one. So an index over bands finds all, asked for each band and each of
-- its neighbours at one bit.
CREATE FUNCTION articles_picture_bands(looks bigint) RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ARRAY[(looks & 65535)::integer, (looks >> 16 & 65535)::integer + 65536,
        (looks >> 32 & 65535)::integer + 131072, (looks >> 48 & 65535)::integer + 196608]
$$;

CREATE FUNCTION articles_picture_near_bands(looks bigint) RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg(band # flipped)
    FROM unnest(ARRAY[(looks & 65535)::integer, (looks >> 16 & 65535)::integer + 65536,
        (looks >> 32 & 65535)::integer + 131072, (looks >> 48 & 65535)::integer + 196608]) AS band,
        (SELECT 0 UNION ALL SELECT 1 << bit FROM generate_series(0, 15) AS bit) AS near (flipped)
$$;

CREATE INDEX image_looks ON articles_image USING gin (articles_picture_bands(perceptual_hash))
    WHERE perceptual_hash IS NOT NULL;

CREATE FUNCTION articles_picture_tell_likeness() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER image_tell_likeness AFTER INSERT OR UPDATE ON articles_image
    FOR EACH ROW EXECUTE FUNCTION articles_picture_tell_likeness();

CREATE FUNCTION articles_picture_keywords(keywords text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(lower(word)), '{}') FROM unnest(keywords) AS word
$$;

CREATE INDEX image_keywords ON articles_image USING gin (articles_picture_keywords(keywords::text[]));
