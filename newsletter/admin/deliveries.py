"""Deliveries, sending limits, and a filter by issue for long lists."""

from typing import Any, ClassVar, Final

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from accounts.models import User
from iria.core.admin import ReadOnly
from newsletter.admin import mail_folder
from newsletter.delivery import controls
from newsletter.models import (
    Attempt,
    Delivery,
    Issue,
    SendingLimit,
    Subscriber,
    UncertainResolution,
)

RECENT_ISSUES: Final = 50


class IssueFilter(admin.SimpleListFilter):
    """Filters by one of the recently sent issues, or by the selected one.

    Django's related filter would load every issue in full, including its HTML.
    """

    title = "issue"
    parameter_name = "issue__id__exact"
    lookup = "issue"
    """The path from a row to its issue."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Issue.objects.values_list("pk", "subject")
        subjects = dict(
            rows.filter(started_at__isnull=False).order_by("-started_at")[:RECENT_ISSUES]
        )
        subjects |= dict(rows.filter(pk=parse_pk(self.value())))
        return [(str(pk), subject) for pk, subject in subjects.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{self.lookup: parse_pk(value)}) if value else queryset


class DeliveryIssueFilter(IssueFilter):
    """Filters rows with a foreign key to a delivery by the delivery's issue."""

    parameter_name = "issue"
    lookup = "delivery__issue"


def parse_pk(value: str | None) -> int:
    """Returns the ID in a query parameter, or 0 if it is not a number."""
    is_number = value is not None and value.isascii() and value.isdecimal() and len(value) < 19
    return int(value or 0) if is_number else 0


MAX_LISTED_SUBSCRIBERS: Final = 500
"""Up to this many matches are listed in the query, so that it can use an index."""


class ReadOnlyInline(ReadOnly, admin.TabularInline[Any, Delivery]):
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("newsletter.view_delivery")


class AttemptInline(ReadOnlyInline):
    """The attempts of a delivery with the SMTP responses."""

    model = Attempt
    readonly_fields: ClassVar[list[str]] = [
        "number",
        "outcome",
        "smtp_response",
        "started_at",
        "answered_at",
    ]
    fields = (*readonly_fields,)
    verbose_name_plural = "SMTP responses"


class DecisionInline(ReadOnlyInline):
    """Who decided to resend or skip an uncertain delivery."""

    model = UncertainResolution
    readonly_fields: ClassVar[list[str]] = ["choice", "created_by", "created_at"]
    fields = (*readonly_fields,)
    verbose_name_plural = "Decisions"


class SendingLimitAdmin(admin.ModelAdmin[SendingLimit]):
    """How many e-mails are sent per second, in total and per domain."""

    list_display = ["__str__", "domain", "per_second"]


class DeliveryAdmin(ReadOnly, admin.ModelAdmin[Delivery]):
    list_display = ["recipient", "issue", "state", "attempts", "details", "sending_at", "done_at"]
    list_filter = ["state", IssueFilter]
    # Prefetched in `get_queryset`: a join would load the HTML of every issue.
    list_select_related: ClassVar[list[str]] = []
    list_per_page = 100
    show_full_result_count = False
    search_fields = ["subscriber__email"]
    search_help_text = "Search by e-mail address or complete message ID."
    readonly_fields: ClassVar[list[str]] = [
        "recipient",
        "issue",
        "state",
        "details",
        "attempts",
        "due_at",
        "sending_at",
        "done_at",
        "message_id",
    ]
    fields = (*readonly_fields,)
    inlines = [AttemptInline, DecisionInline]
    actions = ["send_again", "leave"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Prefetches subscribers and issues, without the HTML and text of the issues."""
        return super().get_queryset(request).prefetch_related("subscriber").with_issues()  # type: ignore[attr-defined, no-any-return]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Delivery], search_term: str
    ) -> tuple[QuerySet[Delivery], bool]:
        """Searches e-mail addresses in the subscriber table, which is much smaller than this one."""
        if not (term := search_term.strip()):
            return queryset, False
        subscribers = Subscriber.objects.filter(email__icontains=term).values_list("pk", flat=True)
        ids = list(subscribers[: MAX_LISTED_SUBSCRIBERS + 1])
        by_subscriber = Q(subscriber__in=ids if len(ids) <= MAX_LISTED_SUBSCRIBERS else subscribers)
        message_ids = [term, f"<{term.strip('<>')}>"]
        return queryset.filter(by_subscriber | Q(message_id__in=message_ids)), False

    @admin.display(description="Recipient", ordering="subscriber__email")
    def recipient(self, delivery: Delivery) -> str:
        return str(delivery.subscriber or "erased")

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsletter.send_issue")

    def get_urls(self) -> list[URLPattern]:
        admin_view = self.admin_site.admin_view
        return [
            path("emails/", admin_view(mail_folder.emails), name="newsletter_emails"),
            path("emails/<str:name>/", admin_view(mail_folder.email), name="newsletter_email"),
            *super().get_urls(),
        ]

    @admin.action(description="Resend (may arrive twice)", permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._decide(request, queryset, UncertainResolution.Choice.RESEND, "will be resent")

    @admin.action(description="Do not resend", permissions=["send"])
    def leave(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._decide(request, queryset, UncertainResolution.Choice.SKIP, "will not be resent")

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[Delivery], choice: str, result: str
    ) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        count = controls.resolve(queryset, choice, by=request.user)
        self.message_user(
            request,
            f"{count} of {len(queryset)} selected deliveries {result}.",
            messages.SUCCESS if count else messages.WARNING,
        )
