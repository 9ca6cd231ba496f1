"""Has the worker read those articles anew in which words were run together.

India/Pakistan stood in the index as one word, F-16 as a negative number, and a sentence in Chinese or
Japanese as a single word. The worker's catching up (`search.indexing.catch_up`) takes what it finds
marked as indexed long ago.
"""

from django.db import migrations

MARK = """
UPDATE articles_searchentry SET indexed_at = 'epoch'
WHERE vector::text ~ '/|''-[0-9]|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{2}'
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0043_asking_for_addresses")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop, elidable=True)]
