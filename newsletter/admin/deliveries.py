"""A list on the desk narrowed to one issue, however many issues and rows there are.

What happened to each mail, on the desk.
"""

from typing import Any, ClassVar, Final

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from accounts.models import User
from newsletter.admin import mail_folder
from newsletter.delivery import uncertain
from newsletter.models import Attempt, Decision, Delivery, Issue, SendingLimit, Subscriber

LATELY: Final = 50


class IssueFilter(admin.SimpleListFilter):
    """The issues that went out lately, and the one that is chosen.

    Django's own asks every row for its issue, and fetches each whole, the mail as it was sent included.
    """

    title = "issue"
    parameter_name = "issue__id__exact"
    of_row = "issue"
    """Where a row names its issue."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Issue.objects.values_list("pk", "subject")
        found = dict(rows.filter(started_at__isnull=False).order_by("-started_at")[:LATELY])
        found |= dict(rows.filter(pk=number_in(self.value())))
        return [(str(pk), subject) for pk, subject in found.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{self.of_row: number_in(value)}) if value else queryset


class OfDelivery(IssueFilter):
    """The same for rows that name a delivery."""

    parameter_name = "issue"
    of_row = "delivery__issue"


def number_in(typed: str | None) -> int:
    """The number of a row as somebody sent it; 0, of which there is none, for anything else."""
    is_number = typed is not None and typed.isascii() and typed.isdecimal() and len(typed) < 19
    return int(typed or 0) if is_number else 0


FEW_READERS: Final = 500
"""So many are named one by one in a search, which an index answers."""


class KeptInline(admin.TabularInline[Any, Delivery]):
    """Rows that tell what happened; nobody writes them by hand."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("newsletter.view_delivery")


class AttemptInline(KeptInline):
    """What the mail server answered, try by try."""

    model = Attempt
    readonly_fields: ClassVar[list[str]] = ["number", "outcome", "words", "began_at", "answered_at"]
    fields = (*readonly_fields,)
    verbose_name_plural = "Answers of the mail server"


class DecisionInline(KeptInline):
    """Who decided to send it again, or to leave it."""

    model = Decision
    readonly_fields: ClassVar[list[str]] = ["choice", "made_by", "made_at"]
    fields = (*readonly_fields,)
    verbose_name_plural = "Decisions"


class SendingLimitAdmin(admin.ModelAdmin[SendingLimit]):
    """How fast mail may leave, in all and to single domains."""

    list_display = ["__str__", "domain", "per_second"]


class DeliveryAdmin(admin.ModelAdmin[Delivery]):
    list_display = ["recipient", "issue", "state", "attempts", "words", "sending_at", "done_at"]
    list_filter = ["state", IssueFilter]
    # Each by its own question (`get_queryset`); left out, Django would join them whole.
    list_select_related: ClassVar[list[str]] = []
    list_per_page = 100
    show_full_result_count = False
    search_fields = ["subscriber__email"]
    search_help_text = "Searches addresses and whole message ids."
    readonly_fields: ClassVar[list[str]] = [
        "recipient",
        "issue",
        "state",
        "words",
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
        """Readers and issues are fetched for the rows that are shown, the mails as they were sent not at all."""
        return super().get_queryset(request).prefetch_related("subscriber").with_issues()  # type: ignore[attr-defined, no-any-return]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Delivery], search_term: str
    ) -> tuple[QuerySet[Delivery], bool]:
        """Addresses are looked for among the readers, who are far fewer than the mails to them."""
        if not (term := search_term.strip()):
            return queryset, False
        readers = Subscriber.objects.filter(email__icontains=term).values_list("pk", flat=True)
        few = list(readers[: FEW_READERS + 1])
        of_them = Q(subscriber__in=few if len(few) <= FEW_READERS else readers)
        named = [term, f"<{term.strip('<>')}>"]
        return queryset.filter(of_them | Q(message_id__in=named)), False

    @admin.display(description="Recipient", ordering="subscriber__email")
    def recipient(self, delivery: Delivery) -> str:
        return str(delivery.subscriber or "erased")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """These rows are the proof of what was sent."""
        return False

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsletter.send_issue")

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("mails/", guard(mail_folder.mails), name="newsletter_mails"),
            path("mails/<str:name>/", guard(mail_folder.mail), name="newsletter_mail"),
            *super().get_urls(),
        ]

    @admin.action(
        description="Send again, though it may have arrived already", permissions=["send"]
    )
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._decide(request, queryset, Decision.Choice.AGAIN, "wait to be sent again")

    @admin.action(description="Leave as it is, and ask no more", permissions=["send"])
    def leave(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._decide(request, queryset, Decision.Choice.LEAVE, "are left as they are")

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[Delivery], choice: str, what: str
    ) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        count = uncertain.decide(queryset, choice, by=request.user)
        self.message_user(
            request,
            f"{count} of {len(queryset)} chosen mails {what}.",
            messages.SUCCESS if count else messages.WARNING,
        )
