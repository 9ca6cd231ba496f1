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
SAVED_VIEWS = StoredData(
    title=gettext_lazy("Saved views"),
    what=gettext_lazy(
        "The filters of the article list that you saved, and the names you gave them."
    ),
    purpose=gettext_lazy("To show you these articles again."),
    retention=gettext_lazy("Until you remove the view, or your account is deleted."),
    order=93,
)
