-- Tags that differ only in capitals and accents are one tag.
--
-- The function names its schema and its dictionary and so always gives the same answer; `unaccent` alone
-- depends on the search path and may not be used in an index.

DO $do$
DECLARE
    extension_schema regnamespace := (SELECT extnamespace FROM pg_extension WHERE extname = 'unaccent');
BEGIN
    EXECUTE format($create$
        CREATE FUNCTION iria_folded(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
        RETURN lower(%1$s.unaccent('%1$s.unaccent'::regdictionary, lower(normalize($1, NFKC))))
    $create$, extension_schema);
END $do$;

CREATE UNIQUE INDEX tag_once_folded ON taggit_tag (iria_folded(name));
