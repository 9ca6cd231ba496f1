"""Bans and suspensions in the admin: created from a comment, listed, removed."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime

from accounts.models import User
from articles.comments.admin.actions import BanForm
from articles.comments.models import Comment
from articles.comments.moderation import ban_matching, bans
from articles.comments.moderation.ban_matching import identifiers_of, matching_bans
from articles.comments.moderation.models import Ban
from articles.comments.moderation.queues import cases_of
from iria.core.admin import NoAddOrDelete


class BanMixin(admin.ModelAdmin[Comment]):
    """The page that bans or suspends the commenter of a comment."""

    def get_urls(self) -> list[URLPattern]:
        ban = self.admin_site.admin_view(self.ban)
        return [path("<int:pk>/ban/", ban, name="articles_comment_ban"), *super().get_urls()]

    def ban(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("articles.add_ban"):
            raise PermissionDenied
        assert isinstance(request.user, User)  # noqa: S101 - the admin requires it
        comment = get_object_or_404(
            Comment.objects.select_related("article", "user", "parent__user"), pk=pk
        )
        ip_address = ban_matching.ip_address_of(comment)
        known = [kind for kind, _ in identifiers_of(comment, ip_address)]
        form = BanForm(request.POST if request.method == "POST" else None, known=known)
        if form.is_valid():
            try:
                created = bans.ban(
                    comment,
                    kinds=form.cleaned_data["kinds"],
                    by=request.user,
                    reason=form.cleaned_data["reason"],
                    expires_at=form.expires_at(),
                    existing_comments=form.cleaned_data["existing_comments"],
                )
            except bans.BanError as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, _message(comment, created), messages.SUCCESS)
                query = urlencode({"queue": request.POST.get("queue") or "held"})
                return redirect(f"{reverse('admin:articles_comment_next')}?{query}")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Ban or suspend {comment.public_name}",
            "form": form,
            "case": cases_of([comment], by=request.user)[0],
            "in_force": matching_bans(comment, ip_address),
            "queue": request.GET.get("queue", "held"),
        }
        return TemplateResponse(request, "admin/articles/comment/ban.html", context)


def _message(comment: Comment, created: list[Ban]) -> str:
    until = created[0].expires_at
    status = f"suspended until {_format(until)}" if until else "banned permanently"
    count = created[0].decisions.count()
    decided = f"; existing comments decided: {count}" if count else ""
    return f"{comment.public_name} is {status}{decided}."


def _format(time: Any) -> str:
    return date_format(localtime(time), "DATETIME_FORMAT")


class ActiveFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "in force"), ("no", "ended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ban]) -> QuerySet[Ban]:
        active = Ban.objects.active().values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=active)
        return queryset.exclude(pk__in=active) if self.value() == "no" else queryset


class BanAdmin(NoAddOrDelete, admin.ModelAdmin[Ban]):
    """Bans can be listed and removed here. They are created from a comment."""

    list_display = [
        "label",
        "kind",
        "masked_value",
        "ends",
        "reason",
        "created_by",
        "created_at",
        "comment_number",
    ]
    list_display_links = None
    list_filter = [ActiveFilter, "kind", ("created_by", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["created_by", "ended_by"]
    search_fields = ["label", "reason"]
    actions = ["remove_selected", "remove_and_restore"]
    show_full_result_count = False

    class Media:
        css = {"all": ["iria_admin/comments.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ban]:
        """Orders active bans first."""
        has_ended = Case(When(pk__in=Ban.objects.active().values("pk"), then=Value(0)), default=1)
        ordered: QuerySet[Ban] = (
            super()
            .get_queryset(request)
            .annotate(has_ended=has_ended)
            .order_by("has_ended", "-created_at", "-pk")
        )
        return ordered

    @admin.display(description="ends")
    def ends(self, ban: Ban) -> str:
        if ban.ended_at:
            by = f", removed by {ban.ended_by.public_name}" if ban.ended_by else ""
            return f"ended {_format(ban.ended_at)}{by}"
        return _format(ban.expires_at) if ban.expires_at else "permanent"

    @admin.display(description="made from")
    def comment_number(self, ban: Ban) -> str:
        return f"comment {ban.comment_id}" if ban.comment_id else "–"

    @admin.action(permissions=["change"], description="Remove ban")
    def remove_selected(self, request: HttpRequest, selected: QuerySet[Ban]) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - the admin requires it
        removed = sum(bans.remove_ban(ban, by=request.user) for ban in selected)
        message = "One ban removed." if removed == 1 else f"{removed} bans removed."
        self.message_user(request, message, messages.SUCCESS if removed else messages.WARNING)

    @admin.action(permissions=["change"], description="Remove ban and restore comments")
    def remove_and_restore(self, request: HttpRequest, selected: QuerySet[Ban]) -> None:
        """Comments that somebody has decided about since then are not restored."""
        if not request.user.has_perm("articles.change_comment"):
            raise PermissionDenied
        assert isinstance(request.user, User)  # noqa: S101 - the admin requires it
        restored = sum(bans.restore_comments(ban, by=request.user) for ban in selected)
        self.remove_selected(request, selected)
        message = "One comment restored." if restored == 1 else f"{restored} comments restored."
        self.message_user(request, message, messages.SUCCESS)


class RejectionReasonAdmin(admin.ModelAdmin[Any]):
    """The reasons that moderators choose from."""

    list_display = ["name", "message", "position", "active"]
    fields = ("name", "message", "position", "active")
