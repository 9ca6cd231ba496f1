"""What files store about people."""

from django.utils.translation import gettext_lazy

from iria.core.model_policy import StoredData

FILES = StoredData(
    title=gettext_lazy("Files"),
    what=gettext_lazy(
        "The credit, which is shown with the file, and for the newsroom who uploaded the file, when, and "
        "under which name. Author, program and other metadata inside a PDF are removed when it is uploaded, "
        "as are the tags of audio files other than Ogg."
    ),
    purpose=gettext_lazy("To credit files and to know their rights."),
    retention=gettext_lazy("As long as the file is in the library."),
    order=83,
)
