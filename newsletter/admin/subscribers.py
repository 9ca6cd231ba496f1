"""Who receives what, on the desk: looked at, helped to leave, never added by hand."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from accounts.models import User
from articles.editorial.models import Category
from newsletter import personal_data
from newsletter.models import Consent, Frequency, Newsletter, Subscriber, Subscription
from newsletter.models.digest import COMPOSED
from newsletter.models.subscriber import TOPICS_AT_MOST
from newsletter.subscriptions import email_addresses, opt_in, suppression
from newsletter.subscriptions import export as subscriptions_export

READABLE: Final = {"indent": 2, "ensure_ascii": False}


class NewsletterForm(forms.ModelForm[Newsletter]):
    rhythms = forms.MultipleChoiceField(
        label="How often",
        choices=Frequency.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="What readers can choose. Whoever has it in a rhythm that is not offered any more "
        "keeps it. The issues you write go to those who chose “as the editors send it”.",
        error_messages={"required": "Choose at least one, or nobody could receive it."},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.instance.pk and "rhythms" in self.fields:
            self.fields["rhythms"].help_text += _unserved(self.instance)

    def clean_topics(self) -> QuerySet[Category]:
        """Topics narrow what composes itself; beside what the editors write they would promise nothing."""
        topics: QuerySet[Category] = self.cleaned_data["topics"]
        if topics and not set(self.cleaned_data.get("rhythms", COMPOSED)) & set(COMPOSED):
            sentence = (
                "Readers who choose topics would still receive every issue you write. Offer it once "
                "a day, once a week or for each article too, or take the topics out."
            )
            raise forms.ValidationError(sentence)
        if len(topics) > TOPICS_AT_MOST:
            sentence = (
                f"Choose at most {TOPICS_AT_MOST} topics; one above others stands for all of them."
            )
            raise forms.ValidationError(sentence)
        return topics


def _unserved(newsletter: Newsletter) -> str:
    """Which of the rhythms that readers can choose no rule composes."""
    served = set(newsletter.rules.filter(on=True).values_list("rhythm", flat=True))
    offered = [each for each in newsletter.offered_rhythms if each in COMPOSED]
    names = ", ".join(f"“{each.label}”" for each in offered if each.value not in served)
    if not names:
        return ""
    rules = reverse("admin:newsletter_digestrule_changelist")
    words = ' Nothing composes {} yet: <a href="{}">make a rule</a>, or readers who choose it get nothing.'
    return format_html(words, names, rules)


class NewsletterAdmin(admin.ModelAdmin[Newsletter]):
    form = NewsletterForm
    filter_horizontal = ["topics"]
    list_display = ["name", "description", "language", "offered", "position"]
    prepopulated_fields: ClassVar[dict[str, Sequence[str]]] = {"slug": ("name",)}

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Newsletter | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else self.prepopulated_fields


class ConsentInline(admin.TabularInline[Consent, Subscriber]):
    """What this person was asked and agreed to; nobody writes it by hand."""

    model = Consent
    readonly_fields: ClassVar[list[str]] = [
        "asked_at",
        "where",
        "wording",
        "answer",
        "confirmed_at",
    ]
    fields = (*readonly_fields,)
    extra = 0
    can_delete = False
    verbose_name_plural = "Consent"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("newsletter.view_subscriber")


class SubscriberAdmin(admin.ModelAdmin[Subscriber]):
    list_display = ["address", "state", "receives", "confirmed_at", "left_at"]
    list_filter = ["state", "newsletters"]
    search_fields = ["email"]
    search_help_text = "Searches addresses."
    list_per_page = 100
    show_full_result_count = False
    readonly_fields: ClassVar[list[str]] = [
        "address",
        "state",
        "receives",
        "language",
        "name",
        "created_at",
        "confirmed_at",
        "left_at",
        "suppressed_at",
        "suppressed_because",
    ]
    fields = (*readonly_fields,)
    inlines = [ConsentInline]
    actions = ["leave", "suppress", "erase_and_bar"]
    change_list_template = "admin/newsletter/subscriber/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        received = Prefetch("subscriptions", Subscription.objects.with_choices())
        return super().get_queryset(request).prefetch_related(received)

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("export/", guard(self.export), name="newsletter_subscriber_export"),
            path("<int:subscriber_id>/data/", guard(self.data), name="newsletter_subscriber_data"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def export(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """The list as it is filtered, as a table; that it was taken away is kept with a name."""
        if not request.user.has_perm("newsletter.export_subscriber"):
            raise PermissionDenied
        try:
            chosen = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return redirect(f"{reverse('admin:newsletter_subscriber_changelist')}?{ERROR_FLAG}=1")
        filters = urlencode(request.GET)
        lines = subscriptions_export.export(chosen, chosen=filters, by=_user(request))
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="subscribers.csv"'
        return answer

    def data(self, request: HttpRequest, subscriber_id: int) -> HttpResponse:
        """All that is kept of somebody, to hand to them when they ask."""
        known = Subscriber.objects.filter(pk=min(subscriber_id, 2**62)).first()
        if known is None:
            raise Http404
        if not self.has_view_permission(request, known):
            raise PermissionDenied
        answer = JsonResponse(personal_data.of_subscriber(known), json_dumps_params=READABLE)
        answer["Content-Disposition"] = f'attachment; filename="subscriber-{known.pk}.json"'
        return answer

    @admin.display(description="E-mail address", ordering="email")
    def address(self, subscriber: Subscriber) -> str:
        return email_addresses.shown(subscriber.email)

    @admin.display(description="Receives")
    def receives(self, subscriber: Subscriber) -> str:
        return (
            "; ".join(personal_data.in_words(each) for each in subscriber.subscriptions.all())
            or "–"
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the person themselves can agree."""
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

    @admin.action(description="Let them leave every newsletter", permissions=["change"])
    def leave(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        for subscriber in queryset:
            opt_in.unsubscribe(subscriber.token)
        self._say(request, len(queryset), "left")

    @admin.action(description="Never write to them again", permissions=["change"])
    def suppress(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        for subscriber in queryset:
            suppression.suppress(subscriber, because=f"By hand: {request.user}", by=_user(request))
        self._say(request, len(queryset), "will not be written to")

    @admin.action(
        description="Erase their data, and never write to them again", permissions=["delete"]
    )
    def erase_and_bar(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        count = len(queryset)
        for subscriber in queryset:
            opt_in.erase(subscriber, barred_because=f"Asked to be erased: {request.user}")
        self._say(request, count, "erased; what is left is a hash by which it stays barred")

    def _say(self, request: HttpRequest, count: int, deed: str) -> None:
        noun = "1 address" if count == 1 else f"{count} addresses"
        self.message_user(request, f"{noun} {deed}.", messages.SUCCESS)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return request.user
