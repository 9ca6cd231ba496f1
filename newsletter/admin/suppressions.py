"""Suppression list and bounces."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest

from iria.core.admin import ReadOnly
from newsletter.admin.deliveries import DeliveryIssueFilter
from newsletter.admin.issue_tools import current_user
from newsletter.models import Bounce, Suppression
from newsletter.subscriptions import email_addresses
from newsletter.subscriptions import suppression as subscriptions_suppression

REASON_LABEL = "Reason"


class RemovalForm(ActionForm):
    """Adds the reason to the action that removes several suppressions."""

    because = forms.CharField(
        label=REASON_LABEL, max_length=300, required=False, widget=forms.TextInput({"size": 40})
    )


class ActiveFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Suppressed"), ("no", "Removed")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Suppression]
    ) -> QuerySet[Suppression]:
        if self.value() is None:
            return queryset
        return queryset.filter(removed_at__isnull=self.value() == "yes")


class SuppressionAdmin(admin.ModelAdmin[Suppression]):
    list_display = ["email", "reason", "details", "created_at", "removed_at"]
    list_filter = [ActiveFilter, "reason"]
    list_select_related = ["subscriber", "created_by"]
    list_per_page = 100
    show_full_result_count = False
    search_fields = ["subscriber__email"]
    search_help_text = (
        "Search by e-mail address. A complete address is found even if the subscriber was erased."
    )
    fields = (
        "email",
        "reason",
        "details",
        "created_at",
        "created_by",
        "bounce",
        "removed_at",
        "removed_by",
        "removal_reason",
    )
    action_form = RemovalForm
    actions = ["release"]
    readonly_fields: ClassVar[list[str]] = [name for name in fields if name != "removal_reason"]

    @admin.display(description="E-mail address", ordering="subscriber__email")
    def email(self, suppression: Suppression) -> str:
        subscriber = suppression.subscriber
        return (
            email_addresses.shown(subscriber.email)
            if subscriber
            else "erased (only a hash is stored)"
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Addresses are suppressed from the list of subscribers."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Removed suppressions are kept as a record."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        """An active suppression can only be removed."""
        return self.has_release_permission(request) and (obj is None or obj.is_active)

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsletter.remove_suppression")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if field := form.base_fields.get("removal_reason"):
            field.required, field.label = True, REASON_LABEL
            field.help_text = "Saving removes the address from the suppression list. It is not subscribed automatically."
        return form

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suppression], search_term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        if "@" in search_term.strip(" @"):
            by_hash = Suppression.objects.for_email(search_term).values("pk")
            by_email = queryset.filter(subscriber__email__icontains=search_term.strip())
            return by_email | queryset.filter(pk__in=by_hash), False
        return super().get_search_results(request, queryset, search_term)

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:
        reason = form.cleaned_data["removal_reason"]
        obj.refresh_from_db()
        subscriptions_suppression.remove_suppression(obj, because=reason, by=current_user(request))

    @admin.action(description="Remove from suppression list", permissions=["release"])
    def release(self, request: HttpRequest, queryset: QuerySet[Suppression]) -> None:
        reason = request.POST.get("because", "").strip()
        if not reason:
            message = "Enter a reason. Nothing was removed."
            self.message_user(request, message, messages.ERROR)
            return
        active = [suppression for suppression in queryset if suppression.is_active]
        for suppression in active:
            subscriptions_suppression.remove_suppression(
                suppression, because=reason, by=current_user(request)
            )
        noun = "1 address" if len(active) == 1 else f"{len(active)} addresses"
        self.message_user(request, f"{noun} removed from the suppression list.", messages.SUCCESS)


class BounceAdmin(ReadOnly, admin.ModelAdmin[Bounce]):
    list_display = ["processed_at", "kind", "reason", "domain", "recipient", "status", "matched_by"]
    list_filter = ["kind", "reason", "matched_by", DeliveryIssueFilter]
    list_select_related = ["subscriber"]
    list_per_page = 100
    show_full_result_count = False
    search_fields = ["subscriber__email", "domain"]
    search_help_text = "Search by e-mail address or domain."
    readonly_fields: ClassVar[list[str]] = [
        "processed_at",
        "kind",
        "reason",
        "status",
        "smtp_response",
        "domain",
        "recipient",
        "delivery",
        "matched_by",
    ]
    fields = (*readonly_fields,)

    @admin.display(description="Subscriber", ordering="subscriber__email")
    def recipient(self, bounce: Bounce) -> str:
        return email_addresses.shown(bounce.subscriber.email) if bounce.subscriber else "–"
