-- The words of comments, so that moderators search them as readers search articles. They are written with
-- the comment, and again when the article changes its language.

CREATE FUNCTION articles_comment_reader(language text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE language WHEN 'en' THEN 'iria_english' WHEN 'fr' THEN 'iria_french'
        WHEN 'de' THEN 'iria_german' WHEN 'es' THEN 'iria_spanish' WHEN 'pt' THEN 'iria_portuguese'
        WHEN 'it' THEN 'iria_italian' WHEN 'nl' THEN 'iria_dutch' WHEN 'ru' THEN 'iria_russian'
        WHEN 'tr' THEN 'iria_turkish' WHEN 'ar' THEN 'iria_arabic' WHEN 'hi' THEN 'iria_hindi'
        WHEN 'id' THEN 'iria_indonesian' ELSE 'iria_simple' END
$$;

CREATE FUNCTION articles_comment_read(below bigint, only_one bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO articles_commentsearchvector (comment_id, configuration, vector)
    SELECT comment.id, reader, setweight(to_tsvector(reader::regconfig, comment.name), 'A')
        || to_tsvector(reader::regconfig, comment.text)
    FROM articles_comment AS comment
    JOIN articles_article AS article ON article.id = comment.article_id
    CROSS JOIN LATERAL articles_comment_reader(article.language) AS reader
    WHERE comment.article_id = below AND (only_one IS NULL OR comment.id = only_one)
    ON CONFLICT (comment_id) DO UPDATE
    SET configuration = excluded.configuration, vector = excluded.vector
$$;

CREATE FUNCTION articles_comment_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_comment_read(NEW.article_id, NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER comment_keep_words AFTER UPDATE OF text, name, article_id ON articles_comment
    FOR EACH ROW EXECUTE FUNCTION articles_comment_keep_words();

-- The words of new comments are written once for each statement, because an import inserts thousands.
CREATE FUNCTION articles_comment_keep_new_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO articles_commentsearchvector (comment_id, configuration, vector)
    SELECT came.id, reader, setweight(to_tsvector(reader::regconfig, came.name), 'A')
        || to_tsvector(reader::regconfig, came.text)
    FROM came JOIN articles_article AS article ON article.id = came.article_id
    CROSS JOIN LATERAL articles_comment_reader(article.language) AS reader;
    RETURN NULL;
END $$;

CREATE TRIGGER comment_keep_new_words AFTER INSERT ON articles_comment
    REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION articles_comment_keep_new_words();

CREATE FUNCTION articles_comment_reread() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_comment_read(NEW.id, NULL);
    RETURN NULL;
END $$;

CREATE TRIGGER article_reread_comments AFTER UPDATE OF language ON articles_article
    FOR EACH ROW WHEN (OLD.language IS DISTINCT FROM NEW.language)
    EXECUTE FUNCTION articles_comment_reread();
