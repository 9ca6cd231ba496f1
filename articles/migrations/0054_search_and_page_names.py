"""Names of search, related articles, static pages and the front page in current words.

PostgreSQL carries constraints and indexes along with a renamed column, so of those only Django's own
record changes.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models import Q


def recorded(*operations: Operation) -> migrations.SeparateDatabaseAndState:
    return migrations.SeparateDatabaseAndState(state_operations=list(operations))


class Migration(migrations.Migration):
    dependencies = [("articles", "0053_labels_of_articles_and_images")]

    operations = [
        migrations.RenameModel("SearchCount", "QueryCount"),
        migrations.RenameModel("Rarity", "DocumentFrequency"),
        migrations.RenameModel("FormerAddress", "OldPagePath"),
        recorded(migrations.RemoveConstraint("QueryCount", "search_count_once")),
        migrations.RenameField("QueryCount", "words", "query"),
        migrations.RenameField("QueryCount", "found", "results"),
        migrations.RenameField("QueryCount", "opened", "clicks"),
        recorded(
            migrations.AddConstraint(
                "QueryCount",
                models.UniqueConstraint(fields=["day", "query"], name="search_count_once"),
            )
        ),
        migrations.RenameField("Synonyms", "words", "terms"),
        migrations.RenameField("Synonyms", "made_by", "modified_by"),
        migrations.RenameField("Synonyms", "made_at", "modified_at"),
        migrations.RenameField("PinnedQuery", "words", "query"),
        migrations.RenameField("PinnedQuery", "made_by", "modified_by"),
        migrations.RenameField("PinnedQuery", "made_at", "modified_at"),
        migrations.RenameField("RelatedExclusion", "made_by", "created_by"),
        migrations.RenameField("RelatedExclusion", "made_at", "created_at"),
        recorded(migrations.RemoveIndex("ArticleTerms", "article_terms_by_word")),
        migrations.RenameField("ArticleTerms", "words", "stems"),
        recorded(
            migrations.AddIndex(
                "ArticleTerms",
                GinIndex(fields=["stems"], name="article_terms_by_word", fastupdate=False),
            )
        ),
        migrations.RenameField("Page", "changed_at", "modified_at"),
        migrations.RenameField("OldPagePath", "left_at", "created_at"),
        recorded(
            migrations.RemoveConstraint("Placement", "placement_place_once"),
            migrations.RemoveConstraint("Placement", "placement_article_once_a_front_page"),
            migrations.RemoveConstraint("Placement", "placement_category_where_it_needs_one"),
            migrations.RemoveConstraint("Placement", "placement_language_where_it_needs_one"),
        ),
        migrations.RenameField("Placement", "place", "slot"),
        migrations.RenameField("Placement", "until", "expires_at"),
        recorded(
            migrations.AddConstraint(
                "Placement",
                models.UniqueConstraint(
                    fields=["language", "slot", "category", "position"],
                    name="placement_place_once",
                    nulls_distinct=False,
                ),
            ),
            migrations.AddConstraint(
                "Placement",
                models.UniqueConstraint(
                    fields=["language", "article"],
                    condition=~Q(slot="head"),
                    name="placement_article_once_a_front_page",
                ),
            ),
            migrations.AddConstraint(
                "Placement",
                models.CheckConstraint(
                    condition=Q(slot__in=["section", "head"], category__isnull=False)
                    | Q(slot__in=["lead", "second"], category__isnull=True),
                    name="placement_category_where_it_needs_one",
                ),
            ),
            migrations.AddConstraint(
                "Placement",
                models.CheckConstraint(
                    condition=(Q(slot="head") & Q(language="") & Q(position=0))
                    | (~Q(slot="head") & ~Q(language="")),
                    name="placement_language_where_it_needs_one",
                ),
            ),
        ),
    ]
