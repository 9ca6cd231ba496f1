"""Has the worker read those articles anew that name the US, the WHO or IT, which stood in no index."""

from django.db import migrations

MARK = r"""
UPDATE articles_searchentry AS entry SET indexed_at = 'epoch' FROM articles_article AS article
WHERE article.id = entry.article_id
    AND (entry.text ~ '\m(US|WHO|IT)\M' OR article.headline ~ '\m(US|WHO|IT)\M')
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0044_words_read_apart")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop, elidable=True)]
