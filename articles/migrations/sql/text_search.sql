-- One text search configuration for each language that PostgreSQL has a stemmer for, and one for all others.
-- They remove accents before they stem.

DO $$
DECLARE
    language text;
    words text;
BEGIN
    FOREACH language IN ARRAY ARRAY['english', 'french', 'german', 'spanish', 'portuguese', 'italian',
        'dutch', 'russian', 'turkish', 'arabic', 'hindi', 'indonesian', 'simple']
    LOOP
        words := CASE language WHEN 'simple' THEN language ELSE language || '_stem' END;
        EXECUTE format('CREATE TEXT SEARCH CONFIGURATION iria_%s (COPY = pg_catalog.%1$s)', language);
        EXECUTE format('ALTER TEXT SEARCH CONFIGURATION iria_%s ALTER MAPPING FOR hword, hword_part, word'
            ' WITH unaccent, pg_catalog.%s', language, words);
    END LOOP;
END $$;
