"""What front pages store about people."""

from django.utils.translation import gettext_lazy

from iria.core.model_policy import StoredData

FRONT_PAGE = StoredData(
    title=gettext_lazy("Front page layout"),
    what=gettext_lazy(
        "If you edit the front page: which article you placed where, which pattern you chose for a section, and when."
    ),
    purpose=gettext_lazy("To record who changed what."),
    retention=gettext_lazy("As long as the article is in that slot."),
    order=97,
)
