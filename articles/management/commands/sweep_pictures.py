"""`manage.py sweep_pictures`: the name of `delete_orphan_images` in 0.1.0, as crontabs have it."""

from articles.management.commands.delete_orphan_images import Command as Command
