"""What images store about people."""

from django.utils.translation import gettext_lazy

from iria.core.model_policy import StoredData

SUBJECTS = StoredData(
    title=gettext_lazy("Photographers and people shown"),
    what=gettext_lazy(
        "The metadata of the file: who took the image, whom it shows, where and when; and the credit, which "
        "is shown with the image."
    ),
    purpose=gettext_lazy("To credit images and to know their rights."),
    retention=gettext_lazy("As long as the image is in the library."),
    order=82,
)

LIBRARY = StoredData(
    title=gettext_lazy("Image library"),
    what=gettext_lazy(
        "If you manage images: which ones you uploaded, changed, replaced or withdrew, and when."
    ),
    purpose=gettext_lazy("To record who changed what."),
    retention=gettext_lazy("As long as the image is in the library."),
    order=94,
)
