from django.apps import AppConfig


class LabConfig(AppConfig):
    """Commands that measure search, related articles and spam, and load the demo. A site works without it."""

    name = "iria.lab"
