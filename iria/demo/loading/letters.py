"""A newsletter that was sent, another that is being written, and those who receive them."""

from contextlib import suppress
from functools import partial
from typing import Any

from django.core.mail import mailers
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

from accounts.models import User
from articles.editorial.models import Article
from iria.core.db.row_origins import RowOrigins
from iria.demo import content
from iria.demo.loading.texts import mark_of
from iria.publication.models import current_publication
from newsletter.delivery import sending, worker
from newsletter.models import Consent, Issue, IssueItem, Newsletter, Subscriber
from newsletter.preflight import checks as preflight
from newsletter.subscriptions import choices, opt_in
from newsletter.subscriptions.consent_text import consent_wording

NOT_SENT = (
    "The demo's newsletter stays a draft: mail would leave through a real server, "
    "or reach real subscribers."
)


def load(marks: RowOrigins, *, by: User) -> tuple[int, str]:
    """Subscribers and issues; returns how many are new, and a remark where one was not sent."""
    words = content.table("newsletter")
    if not Newsletter.objects.offered().exists():
        marks.create_once("newsletter", lambda: Newsletter.objects.create(**words["newsletter"]))
    newsletter = Newsletter.objects.offered().first()
    if newsletter is None:
        return 0, ""
    new = sum(
        marks.create_once(f"subscriber:{reader['email']}", partial(_subscribe, reader, newsletter))
        for reader in words["subscriber"]
    )
    new += sum(
        marks.create_once(_mark(issue), partial(_write, issue, newsletter, marks, by))
        for issue in words["draft"]
    )
    past = words["issue"]
    may_go = _may_go_out(newsletter, marks)
    sent = marks.create_once(
        _mark(past), partial(_write, past, newsletter, marks, by, start=may_go)
    )
    issue = marks.row(_mark(past), Issue)
    if sent and issue and may_go:
        # The worker would do it too; this way the mails are there when the command ends.
        while worker.deliver_batch(issue.pk):
            pass
    return new + sent, NOT_SENT if sent and not may_go else ""


def _mark(words: dict[str, Any]) -> str:
    return f"issue:{words['slug']}"


def _subscribe(words: dict[str, Any], newsletter: Newsletter) -> Subscriber | None:
    """Somebody at example.org who has agreed; nobody is written to."""
    if Subscriber.objects.with_email(words["email"]).exists():
        return None
    subscriber = Subscriber.objects.get_or_create_locked(words["email"])
    now, choice_item = timezone.now(), choices.SubscriptionChoice.usual(newsletter)
    consent = Consent.objects.create(
        subscriber=subscriber,
        source_url="/",
        wording=consent_wording(current_publication().name, [choice_item]),
        asked_at=now,
        answered_at=now,
        answer=Consent.Answer.NONE,
    )
    choices.save_choices(consent, [choice_item])
    if not words.get("pending"):
        opt_in.confirm(opt_in.confirmation_token(consent))
    if words.get("left"):
        opt_in.unsubscribe(subscriber.token)
    return subscriber


def _write(
    words: dict[str, Any],
    newsletter: Newsletter,
    marks: RowOrigins,
    by: User,
    *,
    start: bool = False,
) -> Issue | None:
    if Issue.objects.filter(slug=words["slug"]).exists():
        return None
    issue = Issue.objects.create(
        newsletter=newsletter,
        slug=words["slug"],
        subject=words["subject"],
        preheader=words["preheader"],
        introduction=words["introduction"].strip(),
        closing=words.get("closing", "").strip(),
        created_by=by,
    )
    stories = [marks.row(mark_of(slug), Article) for slug in words["articles"]]
    IssueItem.objects.bulk_create(
        IssueItem(issue=issue, article=article, position=position)
        for position, article in enumerate(filter(None, stories))
    )
    if start:
        # Where nothing of the demo could be chosen, because its addresses are taken, it stays a draft.
        with suppress(sending.NotReady, preflight.NotOverridden):
            preflight.override(issue, preflight.UNTESTED, reason="It came with the demo", by=by)
            sending.start(issue, by=by)
    return issue


def _may_go_out(newsletter: Newsletter, marks: RowOrigins) -> bool:
    """Whether a mailing would reach nobody but the demo's own readers, and end in a folder."""
    strangers = Subscriber.objects.receiving(newsletter).exclude(pk__in=marks.rows(Subscriber))
    return not isinstance(mailers["newsletter"], EmailBackend) and not strangers.exists()
