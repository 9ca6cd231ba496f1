"""Deliveries, sending limits, a filter by issue for long lists, and the latest e-mails of a site without a mail server.

These e-mails are in a folder, which contains every e-mail of the site, including sign-in codes. Only users who may read all
e-mails see all of them; editors see those of the newsletter.
"""

import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, ClassVar, Final

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.html import strip_tags

from accounts.models import User
from iria.core.admin import ReadOnly
from iria.core.http.urls import parse_id
from newsletter.delivery import controls
from newsletter.models import (
    Attempt,
    Delivery,
    Issue,
    SendingLimit,
    Subscriber,
    UncertainResolution,
)

MAX_RECENT_ISSUES: Final = 50


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
            rows.filter(started_at__isnull=False).order_by("-started_at")[:MAX_RECENT_ISSUES]
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
    return parse_id(value) or 0


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


class ResolutionInline(ReadOnlyInline):
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
    inlines = [AttemptInline, ResolutionInline]
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
            path("emails/", admin_view(emails), name="newsletter_emails"),
            path("emails/<str:name>/", admin_view(email), name="newsletter_email"),
            *super().get_urls(),
        ]

    @admin.action(description="Resend (may arrive twice)", permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._resolve(request, queryset, UncertainResolution.Choice.RESEND, "will be resent")

    @admin.action(description="Do not resend", permissions=["send"])
    def leave(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._resolve(request, queryset, UncertainResolution.Choice.SKIP, "will not be resent")

    def _resolve(
        self, request: HttpRequest, queryset: QuerySet[Delivery], choice: str, result: str
    ) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        count = controls.resolve(queryset, choice, by=request.user)
        self.message_user(
            request,
            f"{count} of {len(queryset)} selected deliveries {result}.",
            messages.SUCCESS if count else messages.WARNING,
        )


MAX_EMAILS: Final = 100
FOLDER_BACKEND: Final = "iria.core.mail.FolderBackend"
MAIL_FILE: Final = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}-[0-9a-f]{6}\.eml")
SHOWN_HEADERS: Final = ("From", "To", "Reply-To", "Subject", "Date", "List-Unsubscribe")


@dataclass(frozen=True, slots=True)
class StoredEmail:
    name: str
    subject: str
    to: str
    date: Any


def folders() -> list[Path]:
    """Folders of the mailers that write e-mails to files."""
    mailers = [
        config for config in settings.MAILERS.values() if config.get("BACKEND") == FOLDER_BACKEND
    ]
    return list(dict.fromkeys(Path(config["OPTIONS"]["folder"]) for config in mailers))


def emails(request: HttpRequest) -> HttpResponse:
    """Lists the newest e-mails."""
    _require_permission(request)
    files = sorted(
        (file for folder in folders() if folder.is_dir() for file in folder.glob("*.eml")),
        key=lambda file: file.name,
        reverse=True,
    )
    stored_emails: list[StoredEmail] = []
    for file in files:
        if len(stored_emails) == MAX_EMAILS:
            break
        if not MAIL_FILE.fullmatch(file.name):
            continue
        message = _read(file, headers_only=True)
        if message is not None and _may_read(request, message):
            stored_emails.append(_stored(file, message))
    context = {
        **admin.site.each_context(request),
        "title": "Latest e-mails",
        "emails": stored_emails,
        "is_stored": bool(folders()),
        "max_emails": MAX_EMAILS,
    }
    return render(request, "admin/newsletter/emails.html", context)


def email(request: HttpRequest, name: str) -> HttpResponse:
    """Shows the text of one e-mail, not the HTML, which has its own styles."""
    _require_permission(request)
    if not MAIL_FILE.fullmatch(name):
        raise Http404
    paths = [folder / name for folder in folders() if (folder / name).is_file()]
    message = _read(paths[0], headers_only=False) if paths else None
    if message is None or not _may_read(request, message):
        raise Http404
    context = {
        **admin.site.each_context(request),
        "title": str(message["Subject"] or "No subject"),
        "headers": [(header, message[header]) for header in SHOWN_HEADERS if message[header]],
        "text": _text_of(message),
    }
    return render(request, "admin/newsletter/email.html", context)


def _require_permission(request: HttpRequest) -> None:
    if not request.user.has_perms(["newsletter.view_delivery"]):
        raise PermissionDenied


def _may_read(request: HttpRequest, message: EmailMessage) -> bool:
    return bool(message["List-Id"]) or request.user.has_perm("newsletter.read_all_mail")


def _read(file: Path, *, headers_only: bool) -> EmailMessage | None:
    try:
        with file.open("rb") as stream:
            parser = BytesParser(EmailMessage, policy=policy.default)
            return parser.parse(stream, headersonly=headers_only)
    except OSError:
        # The file was removed after the folder was listed.
        return None


def _stored(file: Path, message: EmailMessage) -> StoredEmail:
    date = message["Date"]
    return StoredEmail(
        file.name,
        str(message["Subject"] or "No subject"),
        str(message["To"] or ""),
        getattr(date, "datetime", None),
    )


def _text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    content = str(part.get_content())
    return strip_tags(content) if part.get_content_subtype() == "html" else content
