"""Digest rules, and digests that need approval."""

from collections.abc import Collection
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from articles.editorial.models import Category
from iria.core.admin import ReadOnly
from newsletter.admin.issue_tools import current_user
from newsletter.admin.sending import subscribers_label
from newsletter.delivery import recipients
from newsletter.digests import approval
from newsletter.email import editor_html
from newsletter.models import Digest, DigestRule, Issue

APPROVED: Final = "Approved. Each e-mail is checked and sent in one minute. Until then you can unschedule it on its page. Problems are shown here."


def save_rule(rule: DigestRule, *, changed: Collection[str] | None) -> None:
    """Saves a rule.

    A rule that was just enabled skips periods that ended before. A rule with a new day or time
    waits for the next period.

    Args:
        changed: names of the fields that an editor changed; None for a new rule.
    """
    rule.introduction = editor_html.clean(rule.introduction)
    names = {"enabled"} if changed is None else set(changed)
    now = timezone.now()
    if rule.enabled and names & {"enabled", "frequency", "newsletter"}:
        rule.enabled_at = rule.schedule_changed_at = now
    elif names & {"time_of_day", "day"}:
        rule.schedule_changed_at = now
    rule.save()


class DigestRuleAdmin(admin.ModelAdmin[DigestRule]):
    list_display = ["newsletter", "frequency", "enabled", "needs_approval", "day", "time_of_day"]
    list_display_links = ["newsletter", "frequency"]
    list_select_related = ["newsletter"]

    def get_readonly_fields(self, request: HttpRequest, obj: DigestRule | None = None) -> Any:
        """Only users who may send can turn off approval."""
        if _may_send(request):
            return []
        is_automatic = obj is not None and not obj.needs_approval
        return ["needs_approval", "enabled"] if is_automatic else ["needs_approval"]

    def save_model(self, request: HttpRequest, obj: DigestRule, form: Any, change: bool) -> None:
        save_rule(obj, changed=form.changed_data if change else None)


class DigestAdmin(ReadOnly, admin.ModelAdmin[Digest]):
    """Digests are read-only; their drafts are edited as issues."""

    list_display = ["period", "newsletter", "frequency", "needs_approval", "mails", "waiting"]
    list_filter = ["newsletter", "frequency", "needs_approval"]
    list_select_related = ["newsletter"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Digest]:
        drafts = Q(issues__state=Issue.State.DRAFT)
        annotated: QuerySet[Digest] = (
            super()
            .get_queryset(request)
            .annotate(all_issues=Count("issues"), drafts=Count("issues", filter=drafts))
        )
        return annotated

    @admin.display(description="E-mails")
    def mails(self, digest: Any) -> int:
        return int(digest.all_issues)

    @admin.display(description="Not sent")
    def waiting(self, digest: Any) -> int:
        return int(digest.drafts)

    def get_urls(self) -> list[URLPattern]:
        admin_view = self.admin_site.admin_view
        approve = path(
            "<int:digest_id>/approve/", admin_view(self.approve), name="newsletter_digest_approve"
        )
        return [approve, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        digest = self.get_object(request, object_id)
        if digest is None or not self.has_view_permission(request, digest):
            return super().change_view(request, object_id, form_url, extra_context)
        issues = list(
            digest.issues.select_related("newsletter", "digest").without_content().order_by("pk")
        )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": digest,
            "title": str(digest),
            "media": self.media,
            "rows": _rows(digest, issues),
            "may_approve": _may_send(request)
            and not digest.being_approved
            and any(issue.is_draft for issue in issues),
        }
        return TemplateResponse(request, "admin/newsletter/digest/digest.html", context)

    @method_decorator(require_POST)
    def approve(self, request: HttpRequest, digest_id: int) -> HttpResponse:
        digest = get_object_or_404(Digest, pk=digest_id)
        if not _may_send(request):
            raise PermissionDenied
        if approval.approve(digest, by=current_user(request)):
            self.message_user(request, APPROVED, messages.SUCCESS)
        else:
            self.message_user(request, "Nothing in this digest needs approval.", messages.WARNING)
        return redirect("admin:newsletter_digest_change", digest.pk)


def _may_send(request: HttpRequest) -> bool:
    return request.user.has_perm("newsletter.send_issue")


def _rows(digest: Digest, issues: list[Issue]) -> list[dict[str, Any]]:
    """Returns a dict per issue for the digest page; recipients and topics are queried once for all."""
    recipients_by_choice = (
        recipients.recipients_by_choice(digest) if any(issue.is_draft for issue in issues) else {}
    )
    topics = {topic for issue in issues for topic in issue.topics}
    names = list(Category.objects.filter(pk__in=topics).in_order().values_list("pk", "name"))
    return [
        {
            "issue": issue,
            "url": reverse("admin:newsletter_issue_change", args=[issue.pk]),
            "preview": reverse("admin:newsletter_issue_preview", args=[issue.pk]),
            "topics": _topics_label(issue, names),
            "audience": subscribers_label(
                recipients_by_choice.get((tuple(issue.topics), issue.language), 0)
            )
            if issue.is_draft
            else "",
        }
        for issue in issues
    ]


def _topics_label(issue: Issue, names: list[tuple[int, str]]) -> str:
    if not issue.topics:
        return "Everything"
    return ", ".join(name for pk, name in names if pk in issue.topics) or "Deleted topics"
