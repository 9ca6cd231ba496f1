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
    """192 random bits, safe in an address."""
    return secrets.token_urlsafe(24)


def email_hash(email: str) -> str:
    """An address as it is kept when it may no longer be kept: the same for every way of writing it."""
    return hashlib.sha256(f"iria.suppression:{to_ascii(email).lower()}".encode()).hexdigest()


class NewsletterQuerySet(models.QuerySet["Newsletter"]):
    def offered(self) -> "NewsletterQuerySet":
        """What readers can choose, the first one being the usual one."""
        return self.filter(offered=True).order_by("position", "pk")

    def offered_or_received(self, received: Iterable[int]) -> "NewsletterQuerySet":
        """What somebody can choose: whatever comes to them may go on coming."""
        kept = Q(offered=True) | Q(pk__in=list(received))
        return self.filter(kept).order_by("position", "pk")

    def with_topics(self) -> "NewsletterQuerySet":
        """With the categories a reader can choose among."""
        return self.prefetch_related("topics")


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def receiving(
        self, newsletter: "Newsletter", *, frequency: str = "issues"
    ) -> "SubscriberQuerySet":
        """Who gets this newsletter in this frequency: subscribed to it so, confirmed, and not gone."""
        return self.filter(
            state="active", subscriptions__newsletter=newsletter, subscriptions__frequency=frequency
        )

    def with_email(self, email: str) -> "SubscriberQuerySet":
        """The one with this address, however its letters are written."""
        return self.alias(small=Lower("email")).filter(small=to_ascii(email).lower())

    def with_token(self, token: str) -> "SubscriberQuerySet":
        """Whoever has this token; nobody has one that PostgreSQL could not even keep."""
        return self.filter(token=token) if token.isascii() and token.isprintable() else self.none()

    def locked(self) -> "SubscriberQuerySet":
        """Locked until the transaction ends, against everything but being referred to.

        An issue that starts refers to its readers: it does not wait for somebody who is choosing, who
        may be waiting for a merge of topics, which waits for the issue.
        """
        return self.select_for_update(no_key=True, of=("self",))

    def get_or_create_locked(self, email: str) -> "Subscriber":
        """The one with this address, locked until the transaction ends, made where unknown.

        One statement that writes a row either way, so its time tells nothing, and nobody can
        erase the row between finding it and writing to it.
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
        """Those of people who are confirmed and not gone."""
        return self.filter(subscriber__state="active")

    def locked(self) -> "SubscriptionQuerySet":
        """Locked until the transaction ends, in the order in which all do it who change several.

        A merge of topics, or their end, changes what many readers chose; whoever has two newsletters
        would else stand in a ring with it.
        """
        return self.select_for_update(no_key=True, of=("self",)).order_by("pk")

    def delete_locked(self) -> None:
        """Deletes them, each held before."""
        self.filter(pk__in=list(self.locked().values_list("pk", flat=True))).delete()

    def receiving(self, newsletter: "Newsletter", frequency: str) -> "SubscriptionQuerySet":
        """Those to which a newsletter comes in this frequency."""
        return self.active().filter(newsletter=newsletter, frequency=frequency)

    def with_choices(self) -> "SubscriptionQuerySet":
        """Each with its newsletter and the names of its topics, as its owner chose them."""
        chosen = Category.objects.filter(_AnyOf(F("pk"), OuterRef("topics"))).in_order()
        return self.select_related("newsletter").annotate(
            topic_names=ArraySubquery(chosen.values("name"))
        )

    def choices(self) -> list[tuple[tuple[int, ...], str, int]]:
        """Each way in which these differ: topics, the reader's language, and how many chose so.

        The topics are ids of categories in order; none where everything comes. Those whose topics
        are all gone are no choice: nothing comes to them.
        """
        counted = (
            self.exclude(topics=[])
            .order_by()
            .values_list("topics", "subscriber__language")
            .annotate(Count("pk"))
        )
        return sorted((tuple(topics or ()), language, count) for topics, language, count in counted)

    def with_exact_topics(self, topic_ids: Iterable[int]) -> "SubscriptionQuerySet":
        """Those with just these topics; without any, those to whom everything comes."""
        chosen = sorted(topic_ids)
        return self.filter(topics=chosen) if chosen else self.filter(topics__isnull=True)


class _AnyOf(models.Func):
    """Whether a value stands in a list."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


class IssueQuerySet(models.QuerySet["Issue"]):
    def public(self) -> "IssueQuerySet":
        """What the archive shows: issues that went out, or are going out now."""
        frozen = ["sending", "paused", "sent", "stopped"]
        return self.filter(state__in=frozen).order_by("-started_at", "-pk").without_content()

    def without_content(self) -> "IssueQuerySet":
        """Without the mails as they were sent, some 100 KB each, for whoever lists many."""
        return self.defer("sent_html", "sent_text")

    def listed(self) -> "IssueQuerySet":
        """What the lists of the archive hold: what the editors composed, and digests of everything.

        A digest for those who chose topics, or of one article, repeats what stands there already; it
        can be read at its own address.
        """
        of_all = Q(digest__frequency__in=["daily", "weekly"], topics=[])
        return self.public().filter(Q(digest__isnull=True) | of_all)

    def ready_automatic(self) -> "IssueQuerySet":
        """Issues of digests that nobody wished to approve, that nobody touched, and that have not gone."""
        untouched = self.filter(digest__isnull=False, is_automatic=True, needs_approval=False)
        return untouched.filter(state="draft").order_by("pk")

    def sending(self) -> "IssueQuerySet":
        return self.filter(state="sending").order_by("started_at", "pk")

    def in_progress(self) -> "IssueQuerySet":
        """What waits for its time, is being sent, or is paused: what somebody should watch."""
        return self.filter(state__in=["scheduled", "sending", "paused"]).order_by("pk")

    def with_image(self, image_id: int) -> "IssueQuerySet":
        """Those with this image on top, or with an article that it leads."""
        of_article = Q(items__article__lead_image_id=image_id)
        return self.filter(of_article | Q(image_id=image_id)).distinct()

    def with_articles(self) -> "IssueQuerySet":
        """With everything the mail and the archive page show; articles in their order."""
        return self.select_related("newsletter", "image__agency").prefetch_related(
            Prefetch("items__article", Article.objects.for_cards())
        )


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def active(self) -> "SuppressionQuerySet":
        """Those that were not released."""
        return self.filter(removed_at__isnull=True)

    def blocking(self) -> "SuppressionQuerySet":
        """Those who are not written to, whoever asks; who only left may come back by themselves."""
        return self.active().exclude(reason="left")

    def for_email(self, email: str) -> "SuppressionQuerySet":
        return self.filter(email_hash=email_hash(email))
