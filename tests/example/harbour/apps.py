from django.apps import AppConfig


class HarbourConfig(AppConfig):
    name = "tests.example.harbour"
    label = "harbour"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tests.example.harbour import blocks, hooks

        blocks.register_blocks()
        hooks.register()
