-- The words of new comments are written once for each statement, because an import inserts thousands.

DROP TRIGGER comment_keep_words ON articles_comment;

CREATE TRIGGER comment_keep_words AFTER UPDATE OF text, name, article_id ON articles_comment
    FOR EACH ROW EXECUTE FUNCTION articles_comment_keep_words();

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
