"""Runs of backups; on a site of an earlier release, their table belongs to the app `iria`."""

from django.db import migrations, models
from django.utils import timezone

from iria.core.db.moved_models import create, move_content_types

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("iria", "0001_squashed_0025_initial"),
    ]
    operations = [
        create(
            "BackupRun",
            {
                "db_table": "iria_backuprun",
                "indexes": [models.Index(fields=["kind", "-ended_at"], name="newest_backup_run")],
            },
            id=ID,
            kind=models.CharField(
                choices=[("backup", "Backup"), ("drill", "Restore drill")], max_length=6
            ),
            backup=models.CharField(
                blank=True, help_text="The folder of the backup.", max_length=500
            ),
            started_at=models.DateTimeField(),
            ended_at=models.DateTimeField(default=timezone.now),
            problems=models.JSONField(default=list, help_text="Sentences; none if it succeeded."),
        ),
        move_content_types("iria", "operations", ["BackupRun"]),
    ]
