"""The issues of one digest, of which several are changed by one deed."""

from newsletter.models import Digest


def hold_digest_of(issue_id: int) -> None:
    """Locks the digest of an issue, if it has one, before the issue itself is locked.

    Everybody who changes an issue and looks at the others of its digest begins so: two starts, somebody
    who lets a run go on, a merge of topics. So nobody waits for anybody in a ring.
    """
    Digest.objects.select_for_update(of=("self",)).filter(issues=issue_id).first()
