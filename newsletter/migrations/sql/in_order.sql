-- Whether numbers go from the least to the greatest, each once, for a check constraint on topics.

CREATE FUNCTION newsletter_in_order(numbers bigint[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT numbers = ARRAY(SELECT DISTINCT n FROM unnest(numbers) n WHERE n IS NOT NULL ORDER BY n) $$;
