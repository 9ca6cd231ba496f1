from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    # The rows are checked after the constraint is in place, without a lock that blocks changes.

    dependencies = [
        ("articles", "0073_opinions_and_reports_on_front_pages"),
    ]

    operations = [
        ValidateConstraint(model_name="placement", name="placement_category_where_it_needs_one"),
    ]
