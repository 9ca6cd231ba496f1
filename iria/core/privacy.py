"""What the core stores about people."""

from django.utils.translation import gettext_lazy

from iria.core.model_policy import StoredData

RATE_LIMITS = StoredData(
    title=gettext_lazy("Rate limits"),
    what=gettext_lazy(
        "A request count per IP address, as a hash with a key that changes every day. The IP address itself "
        "is not stored."
    ),
    purpose=gettext_lazy("To protect the site against overload and password guessing."),
    retention=gettext_lazy(
        "Some minutes to a day. The key is destroyed at the end of the day (UTC); after that nobody can "
        "match the hashes, not even we."
    ),
    order=90,
)

ARCHIVES = StoredData(
    title=gettext_lazy("Imported archives"),
    what=gettext_lazy(
        "The file from another system, with names and e-mail addresses of its authors and commenters; the report "
        "of its import; and who imported it."
    ),
    purpose=gettext_lazy("To move a publication to this site, and to undo it."),
    retention=gettext_lazy(
        "The file until it is imported, at most 7 days; the report 90 days; who imported it as long as their account."
    ),
    order=96,
)
