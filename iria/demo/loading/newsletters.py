"""Loads newsletters, issues and subscribers."""

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
from iria.demo.loading.articles import origin_key
from iria.publication.models import current_publication
from newsletter.delivery import sending, worker
from newsletter.models import Consent, Issue, IssueItem, Newsletter, Subscriber
from newsletter.preflight import checks as preflight
from newsletter.subscriptions import choices, opt_in
from newsletter.subscriptions.opt_in import consent_wording

NOT_SENT = (
    "The demo's newsletter stays a draft: mail would leave through a real server, "
    "or reach real subscribers."
)


def load(origins: RowOrigins, *, by: User) -> tuple[int, str]:
    """Loads subscribers and issues; returns the number of new rows, and a remark if an issue was not sent."""
    values = content.table("newsletter")
    if not Newsletter.objects.offered().exists():
        origins.create_once("newsletter", lambda: Newsletter.objects.create(**values["newsletter"]))
    newsletter = Newsletter.objects.offered().first()
    if newsletter is None:
        return 0, ""
    new = sum(
        origins.create_once(
            f"subscriber:{reader['email']}", partial(_subscribe, reader, newsletter)
        )
        for reader in values["subscriber"]
    )
    new += sum(
        origins.create_once(_origin_key(issue), partial(_write, issue, newsletter, origins, by))
        for issue in values["draft"]
    )
    past_issue = values["issue"]
    can_send = _can_send(newsletter, origins)
    sent = origins.create_once(
        _origin_key(past_issue),
        partial(_write, past_issue, newsletter, origins, by, start=can_send),
    )
    issue = origins.row(_origin_key(past_issue), Issue)
    if sent and issue and can_send:
        # The worker would do it too; here the e-mails are sent before the command ends.
        while worker.deliver_batch(issue.pk):
            pass
    return new + sent, NOT_SENT if sent and not can_send else ""


def _origin_key(values: dict[str, Any]) -> str:
    return f"issue:{values['slug']}"


def _subscribe(values: dict[str, Any], newsletter: Newsletter) -> Subscriber | None:
    """A subscriber at example.org who has consented; no e-mail is sent."""
    if Subscriber.objects.with_email(values["email"]).exists():
        return None
    subscriber = Subscriber.objects.get_or_create_locked(values["email"])
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
    if not values.get("pending"):
        opt_in.confirm(opt_in.confirmation_token(consent))
    if values.get("left"):
        opt_in.unsubscribe(subscriber.token)
    return subscriber


def _write(
    values: dict[str, Any],
    newsletter: Newsletter,
    origins: RowOrigins,
    by: User,
    *,
    start: bool = False,
) -> Issue | None:
    if Issue.objects.filter(slug=values["slug"]).exists():
        return None
    issue = Issue.objects.create(
        newsletter=newsletter,
        slug=values["slug"],
        subject=values["subject"],
        preheader=values["preheader"],
        introduction=values["introduction"].strip(),
        closing=values.get("closing", "").strip(),
        created_by=by,
    )
    stories = [origins.row(origin_key(slug), Article) for slug in values["articles"]]
    IssueItem.objects.bulk_create(
        IssueItem(issue=issue, article=article, position=position)
        for position, article in enumerate(filter(None, stories))
    )
    if start:
        # It stays a draft if none of its articles was loaded, because their URLs are in use.
        with suppress(sending.NotReady, preflight.NotOverridden):
            preflight.override(issue, preflight.UNTESTED, reason="It came with the demo", by=by)
            sending.start(issue, by=by)
    return issue


def _can_send(newsletter: Newsletter, origins: RowOrigins) -> bool:
    """Whether e-mails go to a folder, and only to subscribers of the demo."""
    others = Subscriber.objects.receiving(newsletter).exclude(pk__in=origins.rows(Subscriber))
    return not isinstance(mailers["newsletter"], EmailBackend) and not others.exists()
