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
