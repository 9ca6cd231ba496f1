"""The words of comments, so that moderators find them as readers find articles.

PostgreSQL keeps them: with a comment that is written, and anew with an article that changes its language.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

WORDS = """
CREATE FUNCTION articles_comment_reader(language text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE language WHEN 'en' THEN 'iria_english' WHEN 'fr' THEN 'iria_french'
        WHEN 'de' THEN 'iria_german' WHEN 'es' THEN 'iria_spanish' WHEN 'pt' THEN 'iria_portuguese'
        WHEN 'it' THEN 'iria_italian' WHEN 'nl' THEN 'iria_dutch' WHEN 'ru' THEN 'iria_russian'
        WHEN 'tr' THEN 'iria_turkish' WHEN 'ar' THEN 'iria_arabic' WHEN 'hi' THEN 'iria_hindi'
        WHEN 'id' THEN 'iria_indonesian' ELSE 'iria_simple' END
$$;

CREATE FUNCTION articles_comment_read(below bigint, only_one bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO articles_commentwords (comment_id, configuration, vector)
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
CREATE TRIGGER comment_keep_words AFTER INSERT OR UPDATE OF text, name, article_id ON articles_comment
    FOR EACH ROW EXECUTE FUNCTION articles_comment_keep_words();

CREATE FUNCTION articles_comment_reread() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_comment_read(NEW.id, NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER article_reread_comments AFTER UPDATE OF language ON articles_article
    FOR EACH ROW WHEN (OLD.language IS DISTINCT FROM NEW.language)
    EXECUTE FUNCTION articles_comment_reread();

SELECT articles_comment_read(id, NULL) FROM articles_article
WHERE EXISTS (SELECT FROM articles_comment WHERE article_id = articles_article.id);
"""

FORGET = """
DROP TRIGGER article_reread_comments ON articles_article;
DROP TRIGGER comment_keep_words ON articles_comment;
DROP FUNCTION articles_comment_reread();
DROP FUNCTION articles_comment_keep_words();
DROP FUNCTION articles_comment_read(bigint, bigint);
DROP FUNCTION articles_comment_reader(text);
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0030_reports_by_readers")]

    operations = [
        migrations.CreateModel(
            name="CommentWords",
            fields=[
                ("comment", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+", serialize=False, to="articles.comment")),
                ("configuration", models.CharField(max_length=40)),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="comment_words")],
            },
        ),
        migrations.RunSQL(WORDS, FORGET),
    ]
