"""What related articles store about people."""

from django.utils.translation import gettext_lazy

from iria.core.model_policy import StoredData

CHOICES = StoredData(
    title=gettext_lazy("Related articles"),
    what=gettext_lazy("If you edit: which suggestions you excluded, and when."),
    purpose=gettext_lazy("To record who changed what."),
    retention=gettext_lazy("As long as the article."),
    order=97,
)
