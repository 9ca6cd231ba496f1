"""Nothing looks for articles by their vectors any more: postings say who holds a word."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("articles", "0032_picture_words_once")]

    operations = [
        migrations.RemoveIndex(model_name="searchentry", name="search_entry_words"),
    ]
