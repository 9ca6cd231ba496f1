"""Names of accounts are kept from imitation: whoever has one first keeps it, the newsroom before all."""

from django.db import migrations, models

from iria.kit.lookalikes import key_of

LONGEST = 80


def keep_names(apps, schema_editor):
    """Later ones that look alike are told apart by a number, as from now on."""
    User, Author = apps.get_model("accounts", "User"), apps.get_model("accounts", "AuthorProfile")
    authors = dict(Author.objects.exclude(user=None).values_list("user", "name"))
    bylines = {key_of(name) for name in Author.objects.values_list("name", flat=True)}
    taken = set()
    for user in User.objects.exclude(display_name="").order_by("-is_staff", "pk").iterator():
        key = key_of(user.display_name)
        foreign = key in bylines and key != key_of(authors.get(user.pk, ""))
        if not user.is_staff and (key in taken or foreign):
            number = f" (reader {user.pk})"
            user.display_name = user.display_name[: LONGEST - len(number)].rstrip() + number
            key = key_of(user.display_name)
        user.name_key = None if not key or key in taken else key
        taken.add(key)
        user.save(update_fields=["display_name", "name_key"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_sessions_devices_faces'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='name_key',
            field=models.CharField(editable=False, help_text='The display name as the eye takes it; nobody else may have one that looks like it.', max_length=200, null=True),
        ),
        migrations.RunPython(keep_names, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name='user',
            name='name_key',
            field=models.CharField(editable=False, help_text='The display name as the eye takes it; nobody else may have one that looks like it.', max_length=200, null=True, unique=True),
        ),
    ]
