"""Gives the accounts that are older than 0004 the keys of their names.

Later ones that look alike are told apart by a number, as from now on. A batch is a transaction of its
own; accounts that have a key stay as they are, so a run that was interrupted can be repeated.
"""

from itertools import batched

from django.db import migrations, transaction

from iria.core.text.confusables import key_of

LONGEST = 80
BATCH = 1_000


def add_keys(apps, schema_editor):
    User, Author = apps.get_model("accounts", "User"), apps.get_model("accounts", "AuthorProfile")
    database = schema_editor.connection.alias
    named = User.objects.using(database).exclude(display_name="")
    authors = dict(Author.objects.using(database).exclude(user=None).values_list("user", "name"))
    bylines = {key_of(name) for name in Author.objects.using(database).values_list("name", flat=True)}
    taken = set(named.exclude(name_key=None).values_list("name_key", flat=True))
    missing = named.filter(name_key=None).order_by("-is_staff", "pk").values_list("pk", flat=True)
    for numbers in batched(list(missing), BATCH):
        with transaction.atomic(using=database):
            rows = named.select_for_update().in_bulk(numbers)
            users = [rows[number] for number in numbers if number in rows]
            for user in users:
                key = key_of(user.display_name)
                foreign = key in bylines and key != key_of(authors.get(user.pk, ""))
                if not user.is_staff and (key in taken or foreign):
                    number = f" (reader {user.pk})"
                    user.display_name = user.display_name[: LONGEST - len(number)].rstrip() + number
                    key = key_of(user.display_name)
                user.name_key = None if not key or key in taken else key
                taken.add(key)
            User.objects.using(database).bulk_update(users, ["display_name", "name_key"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0004_names_of_accounts")]

    operations = [migrations.RunPython(add_keys, migrations.RunPython.noop, elidable=True)]
