"""Newsletters, subscribers, the suppression list and bounces. Subscribers are never added by hand."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from articles.editorial.models import Category
from iria.core.admin import ReadOnly
from newsletter import personal_data
from newsletter.admin.deliveries import DeliveryIssueFilter
from newsletter.admin.issue_tools import current_user
from newsletter.models import (
    Bounce,
    Consent,
    Frequency,
    Newsletter,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletter.models.newsletter import DIGEST_FREQUENCIES
from newsletter.models.subscriber import MAX_TOPICS
from newsletter.subscriptions import email_addresses, opt_in, suppression

READABLE: Final = {"indent": 2, "ensure_ascii": False}


class NewsletterForm(forms.ModelForm[Newsletter]):
    frequencies = forms.MultipleChoiceField(
        label="Frequency",
        choices=Frequency.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="What readers can choose. Subscribers keep a frequency that is no longer offered. The issues you write are sent to subscribers who chose “Regular issues”.",
        error_messages={"required": "Choose at least one frequency."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "frequencies" in self.fields:
            self.fields["frequencies"].help_text += _without_rule_message(self.instance)

    def clean_topics(self) -> QuerySet[Category]:
        """Topics only filter digests, so a newsletter without digests cannot have topics."""
        topics: QuerySet[Category] = self.cleaned_data["topics"]
        if topics and not set(self.cleaned_data.get("frequencies", DIGEST_FREQUENCIES)) & set(
            DIGEST_FREQUENCIES
        ):
            raise forms.ValidationError(
                "Topics only apply to digests. Offer it weekly, daily or for every new article too, or remove the topics."
            )
        if len(topics) > MAX_TOPICS:
            raise forms.ValidationError(
                f"Choose at most {MAX_TOPICS} topics. A category includes its subcategories."
            )
        return topics


def _without_rule_message(newsletter: Newsletter) -> str:
    """Lists the offered frequencies that have no enabled digest rule."""
    with_rule = set(newsletter.rules.filter(enabled=True).values_list("frequency", flat=True))
    offered = [
        frequency for frequency in newsletter.offered_frequencies if frequency in DIGEST_FREQUENCIES
    ]
    names = ", ".join(
        f"“{frequency.label}”" for frequency in offered if frequency.value not in with_rule
    )
    if not names:
        return ""
    rules_url = reverse("admin:newsletter_digestrule_changelist")
    message = ' There is no digest rule for {}. <a href="{}">Add a rule</a>, or readers who choose it receive nothing.'
    return format_html(message, names, rules_url)


class NewsletterAdmin(admin.ModelAdmin[Newsletter]):
    form = NewsletterForm
    filter_horizontal = ["topics"]
    list_display = ["name", "description", "language", "offered", "position"]
    prepopulated_fields: ClassVar[dict[str, Sequence[str]]] = {"slug": ("name",)}

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Newsletter | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else self.prepopulated_fields


class ConsentInline(ReadOnly, admin.TabularInline[Consent, Subscriber]):
    """Consents are proof, so they are read-only."""

    model = Consent
    readonly_fields: ClassVar[list[str]] = [
        "asked_at",
        "source_url",
        "wording",
        "answer",
        "confirmed_at",
    ]
    fields = (*readonly_fields,)
    extra = 0
    verbose_name_plural = "Consents"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("newsletter.view_subscriber")


class SubscriberAdmin(admin.ModelAdmin[Subscriber]):
    list_display = ["email_address", "state", "receives", "confirmed_at", "unsubscribed_at"]
    list_filter = ["state", "newsletters"]
    search_fields = ["email"]
    search_help_text = "Search by e-mail address."
    list_per_page = 100
    show_full_result_count = False
    readonly_fields: ClassVar[list[str]] = [
        "email_address",
        "state",
        "receives",
        "language",
        "name",
        "created_at",
        "confirmed_at",
        "unsubscribed_at",
        "suppressed_at",
        "suppression_reason",
    ]
    fields = (*readonly_fields,)
    inlines = [ConsentInline]
    actions = ["leave", "suppress", "erase_and_suppress"]
    change_list_template = "admin/newsletter/subscriber/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        subscriptions = Prefetch("subscriptions", Subscription.objects.with_choices())
        return super().get_queryset(request).prefetch_related(subscriptions, "article_follows")

    def get_urls(self) -> list[URLPattern]:
        admin_view = self.admin_site.admin_view
        return [
            path("export/", admin_view(self.export), name="newsletter_subscriber_export"),
            path(
                "<int:subscriber_id>/data/",
                admin_view(self.data),
                name="newsletter_subscriber_data",
            ),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def export(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """Exports the filtered subscribers as CSV and logs who did it."""
        if not request.user.has_perm("newsletter.export_subscriber"):
            raise PermissionDenied
        try:
            subscribers = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return redirect(f"{reverse('admin:newsletter_subscriber_changelist')}?{ERROR_FLAG}=1")
        filters = urlencode(request.GET)
        lines = personal_data.export_as_csv(subscribers, filters=filters, by=current_user(request))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="subscribers.csv"'
        return response

    def data(self, request: HttpRequest, subscriber_id: int) -> HttpResponse:
        """Exports the personal data of a subscriber."""
        subscriber = get_object_or_404(Subscriber, pk=subscriber_id)
        if not self.has_view_permission(request, subscriber):
            raise PermissionDenied
        response = JsonResponse(personal_data.of_subscriber(subscriber), json_dumps_params=READABLE)
        response["Content-Disposition"] = f'attachment; filename="subscriber-{subscriber.pk}.json"'
        return response

    @admin.display(description="E-mail address", ordering="email")
    def email_address(self, subscriber: Subscriber) -> str:
        return email_addresses.for_display(subscriber.email)

    @admin.display(description="Receives")
    def receives(self, subscriber: Subscriber) -> str:
        received = [
            personal_data.describe_subscription(subscription)
            for subscription in subscriber.subscriptions.all()
        ]
        if count := len(subscriber.article_follows.all()):
            received.append(f"follows {count}")
        return "; ".join(received) or "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only subscribers themselves can consent."""
        return False

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        kwargs["extra_context"] = {
            **(kwargs.get("extra_context") or {}),
            "show_save": False,
            "show_save_and_continue": False,
        }
        return super().change_view(request, *args, **kwargs)

    def delete_model(self, request: HttpRequest, obj: Subscriber) -> None:
        opt_in.erase(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        for subscriber in queryset:
            opt_in.erase(subscriber)

    @admin.action(description="Unsubscribe from all newsletters", permissions=["change"])
    def leave(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        for subscriber in queryset:
            opt_in.unsubscribe(subscriber.token)
        self._show_result(request, len(queryset), "unsubscribed")

    @admin.action(description="Suppress", permissions=["change"])
    def suppress(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        for subscriber in queryset:
            suppression.suppress(
                subscriber, details=f"Added manually by {request.user}", by=current_user(request)
            )
        self._show_result(request, len(queryset), "suppressed")

    @admin.action(description="Erase data and suppress", permissions=["delete"])
    def erase_and_suppress(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        count = len(queryset)
        for subscriber in queryset:
            opt_in.erase(subscriber, suppression_reason=f"Erased on request by {request.user}")
        self._show_result(request, count, "erased and suppressed")

    def _show_result(self, request: HttpRequest, count: int, action: str) -> None:
        noun = "1 subscriber" if count == 1 else f"{count} subscribers"
        self.message_user(request, f"{noun} {action}.", messages.SUCCESS)


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
    def email(self, entry: Suppression) -> str:
        subscriber = entry.subscriber
        return (
            email_addresses.for_display(subscriber.email)
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
        suppression.remove_suppression(obj, reason=reason, by=current_user(request))

    @admin.action(description="Remove from suppression list", permissions=["release"])
    def release(self, request: HttpRequest, queryset: QuerySet[Suppression]) -> None:
        reason = request.POST.get("because", "").strip()
        if not reason:
            message = "Enter a reason. Nothing was removed."
            self.message_user(request, message, messages.ERROR)
            return
        active = [entry for entry in queryset if entry.is_active]
        for entry in active:
            suppression.remove_suppression(entry, reason=reason, by=current_user(request))
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
        return email_addresses.for_display(bounce.subscriber.email) if bounce.subscriber else "–"
