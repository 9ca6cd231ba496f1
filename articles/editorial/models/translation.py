"""Articles that say the same in several languages."""

from django.db import models


class TranslationGroup(models.Model):
    """One text in its languages; each article of it is in another one (`editorial.translating`)."""

    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Translations {self.pk}"
