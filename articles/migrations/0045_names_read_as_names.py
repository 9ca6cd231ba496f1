"""Has the worker read those articles anew that name the US, the WHO or IT, which stood in no index, or
others by initials with full stops, which stood in another place of it than those without."""

from django.db import migrations

MARK = r"""
UPDATE articles_searchentry AS entry SET indexed_at = 'epoch' FROM articles_article AS article
WHERE article.id = entry.article_id
    AND (entry.text ~ '\m(US|WHO|IT)\M|\m[A-Z][.][A-Z]' OR article.headline ~ '\m(US|WHO|IT)\M|\m[A-Z][.][A-Z]')
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0044_words_read_apart")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop, elidable=True)]
