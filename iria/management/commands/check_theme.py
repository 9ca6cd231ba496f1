"""`manage.py check_theme`: what is wrong with a theme."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from iria.publication.models import current_publication
from iria.themes.checks import theme_problems
from iria.themes.chosen import chosen_theme


class Command(BaseCommand):
    help = (
        "Checks the templates, blocks, colours, fonts and files of a theme. Exit status 1 if something "
        "is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "theme",
            nargs="?",
            default="",
            help="Name of a theme in IRIA_THEME; the chosen one if empty.",
        )

    def handle(self, *args: Any, theme: str, **options: Any) -> None:
        if theme and theme not in settings.THEMES:
            raise CommandError(
                f"There is no theme “{theme}”. Available are {', '.join(settings.THEMES)}."
            )
        chosen = chosen_theme(current_publication(), theme)
        problems = theme_problems(chosen)
        for each in problems:
            self.stdout.write(f"{each.file}: {each.message}")
        if problems:
            raise CommandError(f"{chosen.theme.name}: {len(problems)} to fix.")
        self.stdout.write(f"{chosen.theme.name}: no problems.")
