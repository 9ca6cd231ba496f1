from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    name = "newsletter"
    verbose_name = "Newsletter"

    def ready(self) -> None:
        # Imported here because it needs the models.
        from newsletter import hooks

        hooks.register()
