"""The querysets of the newsletter models."""

import hashlib
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models import Count, F, OuterRef, Prefetch, Q
from django.db.models.functions import Lower

from articles.editorial.models import Article, Category
from iria.core.mail import to_ascii

if TYPE_CHECKING:
    from newsletter.models import (  # noqa: F401 - names the generics
        Issue,
        Newsletter,
        Subscriber,
        Subscription,
        Suppression,
    )


def new_token() -> str:
    """Returns 192 random bits, URL-safe."""
    return secrets.token_urlsafe(24)


def email_hash(email: str) -> str:
    """Returns a hash of an address that may no longer be stored; case does not matter."""
    return hashlib.sha256(f"iria.suppression:{to_ascii(email).lower()}".encode()).hexdigest()


class NewsletterQuerySet(models.QuerySet["Newsletter"]):
    def offered(self) -> "NewsletterQuerySet":
        """Returns the newsletters that readers can choose; the first is the default."""
        return self.filter(offered=True).order_by("position", "pk")

    def offered_or_received(self, received: Iterable[int]) -> "NewsletterQuerySet":
        """Returns the newsletters that a subscriber can choose, including their current ones."""
        condition = Q(offered=True) | Q(pk__in=list(received))
        return self.filter(condition).order_by("position", "pk")

    def with_topics(self) -> "NewsletterQuerySet":
        """Prefetches the categories that readers can choose from."""
        return self.prefetch_related("topics")


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def receiving(
        self, newsletter: "Newsletter", *, frequency: str = "issues"
    ) -> "SubscriberQuerySet":
        """Returns the confirmed subscribers of a newsletter with this frequency."""
        return self.filter(
            state="active", subscriptions__newsletter=newsletter, subscriptions__frequency=frequency
        )

    def with_email(self, email: str) -> "SubscriberQuerySet":
        """Filters by address, case-insensitively."""
        return self.alias(lower_email=Lower("email")).filter(lower_email=to_ascii(email).lower())

    def with_token(self, token: str) -> "SubscriberQuerySet":
        """Filters by token; a token that PostgreSQL cannot store matches nothing."""
        return self.filter(token=token) if token.isascii() and token.isprintable() else self.none()

    def locked(self) -> "SubscriberQuerySet":
        """Locks the rows until the transaction ends, with FOR NO KEY UPDATE.

        An issue that starts only references its subscribers. So it does not wait for a subscriber
        who is saving preferences and waits for a topic merge, which waits for the issue.
        """
        return self.select_for_update(no_key=True, of=("self",))

    def get_or_create_locked(self, email: str) -> "Subscriber":
        """Returns the subscriber with this address, created if necessary and locked.

        One statement that writes a row in either case: its duration reveals nothing, and the row
        cannot be erased between finding it and writing to it.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO newsletter_subscriber AS known"
                " (email, state, token, created_at, suppression_reason)"
                " VALUES (%s, 'pending', %s, now(), '')"
                " ON CONFLICT (lower(email)) DO UPDATE SET email = known.email RETURNING id",
                [email, new_token()],
            )
            (subscriber_id,) = cursor.fetchone()
        return self.get(pk=subscriber_id)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def active(self) -> "SubscriptionQuerySet":
        """Returns the subscriptions of confirmed subscribers."""
        return self.filter(subscriber__state="active")

    def locked(self) -> "SubscriptionQuerySet":
        """Locks the rows until the transaction ends, always in the same order.

        Merging or deleting a topic changes the subscriptions of many readers; without a fixed
        order, a reader with two newsletters could cause a deadlock.
        """
        return self.select_for_update(no_key=True, of=("self",)).order_by("pk")

    def delete_locked(self) -> None:
        """Deletes the rows after locking them in order."""
        self.filter(pk__in=list(self.locked().values_list("pk", flat=True))).delete()

    def receiving(self, newsletter: "Newsletter", frequency: str) -> "SubscriptionQuerySet":
        """Returns the subscriptions with this newsletter and frequency."""
        return self.active().filter(newsletter=newsletter, frequency=frequency)

    def with_choices(self) -> "SubscriptionQuerySet":
        """Adds the newsletter, and the names of the topics as `topic_names`."""
        topics = Category.objects.filter(_AnyOf(F("pk"), OuterRef("topics"))).in_order()
        return self.select_related("newsletter").annotate(
            topic_names=ArraySubquery(topics.values("name"))
        )

    def choices(self) -> list[tuple[tuple[int, ...], str, int]]:
        """Returns the distinct choices: topics, language, and the number of subscriptions.

        The topics are sorted category IDs; empty means everything. Subscriptions whose topics were
        all deleted are left out: nothing is sent to them.
        """
        rows = (
            self.exclude(topics=[])
            .order_by()
            .values_list("topics", "subscriber__language")
            .annotate(Count("pk"))
        )
        return sorted((tuple(topics or ()), language, count) for topics, language, count in rows)

    def with_exact_topics(self, topic_ids: Iterable[int]) -> "SubscriptionQuerySet":
        """Filters by exactly these topics; an empty list means subscriptions to everything."""
        topics = sorted(topic_ids)
        return self.filter(topics=topics) if topics else self.filter(topics__isnull=True)


class _AnyOf(models.Func):
    """SQL `value = ANY(array)`."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


class IssueQuerySet(models.QuerySet["Issue"]):
    def public(self) -> "IssueQuerySet":
        """Returns the issues in the archive: sent or being sent."""
        started = ["sending", "paused", "sent", "stopped"]
        return self.filter(state__in=started).order_by("-started_at", "-pk").without_content()

    def without_content(self) -> "IssueQuerySet":
        """Defers the HTML and text of issues, about 100 KB each."""
        return self.defer("sent_html", "sent_text")

    def listed(self) -> "IssueQuerySet":
        """Returns the issues that archive lists show: those of editors, and digests of everything.

        A digest of some topics, or of one article, repeats what is listed already; it can be read
        at its own URL.
        """
        complete_digests = Q(digest__frequency__in=["daily", "weekly"], topics=[])
        return self.public().filter(Q(digest__isnull=True) | complete_digests)

    def ready_automatic(self) -> "IssueQuerySet":
        """Returns unsent digest issues that need no approval and were not edited."""
        automatic = self.filter(digest__isnull=False, is_automatic=True, needs_approval=False)
        return automatic.filter(state="draft").order_by("pk")

    def sending(self) -> "IssueQuerySet":
        return self.filter(state="sending").order_by("started_at", "pk")

    def in_progress(self) -> "IssueQuerySet":
        """Returns issues that are scheduled, being sent, or paused."""
        return self.filter(state__in=["scheduled", "sending", "paused"]).order_by("pk")

    def with_image(self, image_id: int) -> "IssueQuerySet":
        """Returns issues with this lead image, or with an article that has it."""
        in_article = Q(items__article__lead_image_id=image_id)
        return self.filter(in_article | Q(image_id=image_id)).distinct()

    def with_articles(self) -> "IssueQuerySet":
        """Prefetches everything that the e-mail and the archive page show; articles in order."""
        return self.select_related("newsletter", "image__agency").prefetch_related(
            Prefetch("items__article", Article.objects.for_cards())
        )


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def active(self) -> "SuppressionQuerySet":
        """Returns the suppressions that were not removed."""
        return self.filter(removed_at__isnull=True)

    def blocking(self) -> "SuppressionQuerySet":
        """Returns suppressions that block every e-mail; those who only unsubscribed may resubscribe."""
        return self.active().exclude(reason="left")

    def for_email(self, email: str) -> "SuppressionQuerySet":
        return self.filter(email_hash=email_hash(email))
