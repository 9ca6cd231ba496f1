"""Django's command line for the example project: `python -m tests.example.manage test tests.example`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.example.settings")
    execute_from_command_line(sys.argv)
