"""Bans and suspensions in the admin: made from a comment, listed, removed."""

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
from articles.comments.bans import bans, identifiers
from articles.comments.bans.matching import marks_of, matching_bans
from articles.comments.bans.models import Ban
from articles.comments.models import Comment
from articles.comments.moderation.cases import cases_of
from articles.comments.moderation.forms import BanForm
from iria.core.admin import NoAddOrDelete


class BansWriters(admin.ModelAdmin[Comment]):
    """The page that bans or suspends the commenter of a comment."""

    def get_urls(self) -> list[URLPattern]:
        ban = self.admin_site.admin_view(self.ban)
        return [path("<int:pk>/ban/", ban, name="articles_comment_ban"), *super().get_urls()]

    def ban(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("articles.add_ban"):
            raise PermissionDenied
        assert isinstance(request.user, User)  # noqa: S101 - the admin let nobody else in
        comment = get_object_or_404(
            Comment.objects.select_related("article", "user", "parent__user"), pk=pk
        )
        address = identifiers.ip_address_of(comment)
        known = [kind for kind, _ in marks_of(comment, address)]
        form = BanForm(request.POST if request.method == "POST" else None, known=known)
        if form.is_valid():
            try:
                made = bans.ban(
                    comment,
                    kinds=form.cleaned_data["kinds"],
                    by=request.user,
                    reason=form.cleaned_data["reason"],
                    expires_at=form.expires_at(),
                    existing_comments=form.cleaned_data["existing_comments"],
                )
            except bans.BanError as refused:
                form.add_error(None, str(refused))
            else:
                self.message_user(request, _said(comment, made), messages.SUCCESS)
                words = urlencode({"queue": request.POST.get("queue") or "held"})
                return redirect(f"{reverse('admin:articles_comment_next')}?{words}")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Ban or suspend {comment.public_name}",
            "form": form,
            "case": cases_of([comment], by=request.user)[0],
            "in_force": matching_bans(comment, address),
            "queue": request.GET.get("queue", "held"),
        }
        return TemplateResponse(request, "admin/articles/comment/ban.html", context)


def _said(comment: Comment, made: list[Ban]) -> str:
    until = made[0].expires_at
    span = f"suspended until {_moment(until)}" if until else "banned permanently"
    met = made[0].decisions.count()
    decided = f"; existing comments decided: {met}" if met else ""
    return f"{comment.public_name} is {span}{decided}."


def _moment(moment: Any) -> str:
    return date_format(localtime(moment), "DATETIME_FORMAT")


class InForce(admin.SimpleListFilter):
    title = "status"
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "in force"), ("no", "ended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ban]) -> QuerySet[Ban]:
        counting = Ban.objects.active().values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=counting)
        return queryset.exclude(pk__in=counting) if self.value() == "no" else queryset


class BanAdmin(NoAddOrDelete, admin.ModelAdmin[Ban]):
    """To read and to lift; a ban is made from a comment, where its reason stands."""

    list_display = [
        "label",
        "kind",
        "masked_value",
        "ends",
        "reason",
        "created_by",
        "created_at",
        "about",
    ]
    list_display_links = None
    list_filter = [InForce, "kind", ("created_by", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["created_by", "ended_by", "comment"]
    search_fields = ["label", "reason"]
    actions = ["remove_selected", "remove_and_restore"]
    show_full_result_count = False

    class Media:
        css = {"all": ["iria_admin/comments.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ban]:
        """Those active first."""
        over = Case(When(pk__in=Ban.objects.active().values("pk"), then=Value(0)), default=1)
        ordered: QuerySet[Ban] = (
            super().get_queryset(request).annotate(over=over).order_by("over", "-created_at", "-pk")
        )
        return ordered

    @admin.display(description="ends")
    def ends(self, ban: Ban) -> str:
        if ban.ended_at:
            who = f", removed by {ban.ended_by.public_name}" if ban.ended_by else ""
            return f"ended {_moment(ban.ended_at)}{who}"
        return _moment(ban.expires_at) if ban.expires_at else "permanent"

    @admin.display(description="made from")
    def about(self, ban: Ban) -> str:
        return f"comment {ban.comment_id}" if ban.comment_id else "–"

    @admin.action(permissions=["change"], description="Remove ban")
    def remove_selected(self, request: HttpRequest, chosen: QuerySet[Ban]) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - the admin let nobody else in
        lifted = sum(bans.remove_ban(ban, by=request.user) for ban in chosen)
        words = "One ban removed." if lifted == 1 else f"{lifted} bans removed."
        self.message_user(request, words, messages.SUCCESS if lifted else messages.WARNING)

    @admin.action(permissions=["change"], description="Remove ban and restore comments")
    def remove_and_restore(self, request: HttpRequest, chosen: QuerySet[Ban]) -> None:
        """Comments that somebody decided about since stay as they are."""
        if not request.user.has_perm("articles.change_comment"):
            raise PermissionDenied
        assert isinstance(request.user, User)  # noqa: S101 - the admin let nobody else in
        back = sum(bans.restore_comments(ban, by=request.user) for ban in chosen)
        self.remove_selected(request, chosen)
        words = "One comment restored." if back == 1 else f"{back} comments restored."
        self.message_user(request, words, messages.SUCCESS)


class RejectionReasonAdmin(admin.ModelAdmin[Any]):
    """The reasons that moderators choose from."""

    list_display = ["name", "message", "position", "active"]
    fields = ("name", "message", "position", "active")
