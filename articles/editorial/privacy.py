"""What articles and their history store about people."""

from django.utils.translation import gettext_lazy

from iria.core.model_policy import StoredData

EDITING = StoredData(
    title=gettext_lazy("Writing and editing"),
    what=gettext_lazy(
        "Your bylines and portrait; every version you saved; what you published, unpublished or corrected, "
        "and when."
    ),
    purpose=gettext_lazy("To trace the history of an article and to restore earlier versions."),
    retention=gettext_lazy("As long as the article."),
    order=92,
)
