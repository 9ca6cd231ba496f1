"""Builds subscribers and issues."""

from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from articles.editorial.models import Article, Category
from articles.images.models import Image, Rendition
from newsletter.delivery import claims as delivery_claims
from newsletter.delivery import sending
from newsletter.delivery.claims import MarkedDelivery
from newsletter.models import (
    Frequency,
    Issue,
    IssueItem,
    Newsletter,
    Subscriber,
    Subscription,
    Waiver,
)
from tests.newsroom import picture, published


def news() -> Newsletter:
    """The newsletter of the footer form."""
    return Newsletter.objects.get(slug="news")


def subscriber(email: str = "ola@readers.example", *, to: Newsletter | None = None) -> Subscriber:
    """A confirmed subscriber."""
    new_subscriber = Subscriber.objects.create(
        email=email, state=Subscriber.State.ACTIVE, confirmed_at=timezone.now()
    )
    Subscription.objects.create(subscriber=new_subscriber, newsletter=to or news())
    return new_subscriber


def chose(
    email: str,
    frequency: Frequency,
    *topics: Category,
    to: Newsletter | None = None,
    language: str = "",
) -> Subscriber:
    """A confirmed subscriber with a frequency and topics."""
    chooser = subscriber(email, to=to)
    Subscriber.objects.filter(pk=chooser.pk).update(language=language)
    topic_ids = sorted(topic.pk for topic in topics) or None
    chooser.subscriptions.update(frequency=frequency, topics=topic_ids)
    return chooser


def subscribers(count: int) -> list[Subscriber]:
    created = Subscriber.objects.bulk_create(
        Subscriber(
            email=f"reader{number}@readers.example",
            state=Subscriber.State.ACTIVE,
            confirmed_at=timezone.now(),
        )
        for number in range(count)
    )
    newsletter = news()
    Subscription.objects.bulk_create(
        Subscription(subscriber=new_subscriber, newsletter=newsletter) for new_subscriber in created
    )
    return created


def mail_image(**fields: Any) -> Image:
    """An image with the renditions that e-mails use."""
    image = picture(**fields)
    for width in (320, 640, 1280):
        name = f"{image.pk}-{width}.jpeg"
        Rendition.objects.create(
            image=image,
            format=Rendition.Format.JPEG,
            width=width,
            height=width * 5 // 8,
            name=name,
            file=ContentFile(b"", name=name),
        )
    image.refresh_from_db()
    return image


def issue(
    subject: str = "What moved this week",
    *articles: Article,
    by: User | None = None,
    tested: bool = True,
    **fields: Any,
) -> Issue:
    """A draft that can be sent once there is a subscriber; with `tested=False`, it needs a test."""
    slug = fields.pop("slug", f"issue-{Issue.objects.count() + 1}")
    draft = Issue.objects.create(
        newsletter=fields.pop("newsletter", None) or news(),
        subject=subject,
        slug=slug,
        created_by=by,
        **fields,
    )
    for position, article in enumerate(articles or [published()], start=1):
        IssueItem.objects.create(issue=draft, article=article, position=position)
    if tested:
        Waiver.objects.create(
            issue=draft, finding_key="untested", message="No test.", reason="None needed."
        )
    return draft


def mark_one(draft: Issue) -> MarkedDelivery:
    """Marks the next delivery as being sent, without an outcome."""
    marked = mark_next(draft)
    assert marked is not None
    return marked


def mark_next(draft: Issue) -> MarkedDelivery | None:
    lease = uuid4()
    claims = delivery_claims.claim(draft, lease, size=1)
    return delivery_claims.mark(draft, lease, claims[0]) if claims else None


def start_scheduled_issues() -> list[int]:
    """Starts the issues that are scheduled in one minute."""
    Issue.objects.filter(state=Issue.State.SCHEDULED).update(send_at=Now())
    return sending.start_due()
