"""What happens to the run of an issue, kept with who did it and why."""

from django.db.models.functions import Now

from accounts.models import User
from newsletter.models import Issue, RunEvent

Deed = RunEvent.Deed


def tell(issue: Issue, deed: RunEvent.Deed, words: str = "", *, by: User | None = None) -> None:
    """Keeps a deed; the time is the database's, as everywhere in a mailing."""
    RunEvent.objects.create(issue=issue, deed=deed, words=words[:500], made_by=by, made_at=Now())
