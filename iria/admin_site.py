"""The admin site: Django's own, with a dashboard as its first page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, update_wrapper
from typing import Any, Final, cast

from django.contrib import admin
from django.contrib.admin.options import TO_FIELD_VAR
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts import mfa, views
from accounts.models import User
from articles.comments.models import Comment
from articles.editorial.models import Article
from articles.images.credit_line import credit_text
from articles.images.models import Image
from iria import settings_page
from iria.core import hooks
from iria.core.http.private_paths import csrf_failure, submitted_text
from iria.publication.context_processors import publication_of


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the navigation."""

    name: str
    slug: str
    """Names the icon in static/iria_admin/icons.svg."""
    models: dict[str, str]
    """Model label → name in the navigation."""
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name of a URL → name in the navigation, and the permission that its page needs."""
    url: str = ""
    """Name of the URL of its own page; by default it leads to its first model."""


COMMENTS: Final = "comments"
MAX_COUNTED: Final = 100

NAVIGATION: Final = (
    Entry(
        "Articles",
        "articles",
        {
            "articles.article": "All articles",
            "articles.series": "Series",
            "articles.category": "Categories",
            "taggit.tag": "Tags",
        },
        {"admin:articles_article_trash": ("Trash", "articles.change_article")},
    ),
    Entry(
        "Images",
        "images",
        {
            "articles.image": "Library",
            "articles.collection": "Collections",
            "articles.photographer": "Photographers",
            "articles.agency": "Agencies",
            "articles.file": "Files",
        },
    ),
    Entry(
        "Comments",
        COMMENTS,
        {
            "articles.comment": "Queue",
            "articles.moderationdecision": "Moderation log",
            "articles.ban": "Bans",
        },
    ),
    Entry(
        "Newsletter",
        "newsletter",
        {
            "newsletter.issue": "Issues",
            "newsletter.digest": "Automatic digests",
            "newsletter.subscriber": "Subscribers",
            "newsletter.subscriberimport": "Imports",
            "newsletter.subscriberexport": "Exports",
            "newsletter.bounce": "Bounces",
            "newsletter.delivery": "Deliveries",
            "newsletter.suppression": "Suppression list",
        },
    ),
    Entry(
        "Pages & site",
        "pages",
        {
            "articles.placement": "Front page",
            "articles.page": "Pages",
            "articles.querycount": "Search",
            "articles.redirect": "Redirects",
        },
    ),
    Entry(
        "People",
        "people",
        {
            "accounts.authorprofile": "Authors",
            "accounts.user": "Users",
            "auth.group": "Roles",
        },
    ),
    Entry(
        "Settings",
        "settings",
        {
            "iria.publication": "Publication",
            "articles.articletype": "Article types",
            "articles.embedprovider": "Embeds",
            "articles.linkcard": "Link cards",
            "articles.screeningrule": "Screening rules",
            "articles.screenedword": "Screened words",
            "articles.rejectionreason": "Rejection reasons",
            "articles.spammodelversion": "Spam filter",
            "newsletter.newsletter": "Newsletters",
            "newsletter.digestrule": "Digest rules",
            "newsletter.sendinglimit": "Sending limits",
            "articles.synonyms": "Synonyms",
            "articles.pinnedquery": "Pinned results",
            "transfer.importrun": "Imports",
        },
        url="admin:settings",
    ),
)
"""The entries after the dashboard. Models that are missing here are listed in the last one, below “Other”."""

CREATED: Final = {
    "articles.article": ("Article", "write"),
    "articles.image": ("Images", "upload"),
    "newsletter.issue": ("Newsletter issue", "newsletter"),
    "articles.page": ("Page", "page"),
}
"""Model label → name and icon in the “New” menu."""


class IriaAdminSite(admin.AdminSite):
    index_title = "Dashboard"
    enable_nav_sidebar = True
    index_template = "admin/dashboard.html"
    password_change_template = "admin/password_change.html"  # noqa: S105 (a path)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        name = publication_of(request).name
        context = super().each_context(request)
        entries = context["available_apps"]
        _mark_current(entries, request.path)
        for entry in entries:
            if entry["app_label"] == COMMENTS:
                # Queried only if the template shows it: beside editing screens, the navigation has icons only.
                entry["waiting"] = _pending_comments
        return {
            **context,
            "site_header": name,
            "site_title": name,
            "links_to_add": _links_to_add(entries),
        }

    def has_permission(self, request: HttpRequest) -> bool:
        """As in Django, and two-factor authentication where it is required."""
        if not super().has_permission(request):
            return False
        return isinstance(request.user, User) and mfa.is_satisfied(request, request.user)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        context = {
            **self.each_context(request),
            "title": "Sign in",
            "username": request.user.get_username(),
            "image": (image := _sign_in_image()),
            "credit": credit_text(image, publication_of(request)) if image else "",
            **(extra_context or {}),
        }
        return views.sign_in(request, context)

    def admin_view[V: Callable[..., Any]](self, view: V, cacheable: bool = False) -> V:
        """Activates the publication's time zone for every page of the admin.

        The response is rendered here, because the time zone is reset when this returns.
        """
        inner = super().admin_view(view, cacheable)

        def in_time_zone(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "%00" in request.META.get("QUERY_STRING", ""):
                # PostgreSQL rejects NUL characters.
                return redirect(request.get_full_path().replace("%00", ""))
            if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
                # Django responds with 400 to other unknown fields, but with 500 to an empty one.
                raise BadRequest("The field name must not be empty.")
            if request.method == "POST" and request.user.is_anonymous and submitted_text(request):
                # The session expired while somebody was typing; the sign-in page alone would lose their text.
                return csrf_failure(request)
            with timezone.override(publication_of(request).zone_info):
                try:
                    response: HttpResponse = inner(request, *args, **kwargs)
                except (Http404, PermissionDenied) as error:
                    if not self.has_permission(request):
                        raise
                    response = self._error_page(request, error)
                if isinstance(response, TemplateResponse):
                    response.render()
            return response

        return cast(V, update_wrapper(in_time_zone, inner))

    def _error_page(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """A page that is missing, or not for this user, with the navigation beside it."""
        is_missing = isinstance(error, Http404)
        title = "Page not found" if is_missing else "You do not have access to this page"
        context = {**self.each_context(request), "title": title, "is_missing": is_missing}
        status = 404 if is_missing else 403
        return TemplateResponse(request, "admin/error.html", context, status=status)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The entries of the navigation, each with the models that the user may see or add to.

        With `app_label`, the models of that app, as in Django.
        """
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        models = {
            model["model"]._meta.label_lower: {
                **model,
                "url": model["admin_url"] or model["add_url"],
            }
            for app in apps
            for model in app["models"]
            if model["admin_url"] or model["add_url"]
        }
        entries = []
        for entry in NAVIGATION:
            listed = [
                {**models.pop(label), "name": name}
                for label, name in entry.models.items()
                if label in models
            ]
            if entry is NAVIGATION[-1]:
                unplaced = sorted(models.values(), key=lambda model: model["name"].casefold())
                listed += [{**model, "is_unplaced": True} for model in unplaced]
            if listed:
                listed += [
                    {"name": name, "url": reverse(url), "admin_url": reverse(url)}
                    for url, (name, permission) in entry.pages.items()
                    if request.user.has_perm(permission)
                ]
                entries.append(_entry_of(entry, listed))
        return entries

    def get_urls(self) -> list[Any]:
        return [
            path("settings/", self.admin_view(self.settings_view), name="settings"),
            *(
                path(page.path, self.admin_view(partial(page.view, site=self)), name=name)
                for name, page in hooks.admin_pages.items()
            ),
            *super().get_urls(),
        ]

    def settings_view(self, request: HttpRequest) -> HttpResponse:
        """Everything that is set once, in groups; `q` searches in it."""
        context = self.each_context(request)
        entries = [
            entry
            for entry in context["available_apps"]
            if entry["app_label"] == NAVIGATION[-1].slug
        ]
        if not entries:
            raise PermissionDenied
        if (publication := publication_of(request))._state.adding:
            # The first time: its pages need the row.
            publication.save()
        query = request.GET.get("q", "")[:100]
        groups = settings_page.groups(
            entries[0]["models"], query, is_superuser=request.user.is_superuser
        )
        context |= {"title": "Settings", "groups": groups, "query": query}
        return TemplateResponse(request, "admin/settings.html", context)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        items = [item for items_for in hooks.dashboard_items for item in items_for(request.user)]
        panels = [
            panel for panel_for in hooks.dashboard_panels if (panel := panel_for(request.user))
        ]
        today = date_format(timezone.localtime(), "l j F")
        context = {"dashboard_items": items, "panels": panels, "title": today}
        return super().index(request, {**(extra_context or {}), **context})


def _pending_comments() -> str:
    """How many comments wait for a decision, for the navigation; empty for none."""
    count = Comment.objects.pending()[:MAX_COUNTED].count()
    return f"{count - 1}+" if count == MAX_COUNTED else str(count or "")


def _sign_in_image() -> Image | None:
    """The lead image of the newest article whose image may be shown, for the side of the sign-in page."""
    article = (
        Article.objects.published()
        .filter(lead_image__in=Image.objects.showable())
        .prefetch_related(Prefetch("lead_image", Image.objects.for_grid()))
        .order_by("-published_at", "-pk")
        .first()
    )
    return article.lead_image if article else None


def _entry_of(entry: Entry, models: list[dict[str, Any]]) -> dict[str, Any]:
    """An entry in the form of Django's app list."""
    return {
        "name": entry.name,
        "app_label": entry.slug,
        "app_url": reverse(entry.url) if entry.url else models[0]["url"],
        "has_module_perms": True,
        "models": models,
    }


def _mark_current(entries: list[dict[str, Any]], path: str) -> None:
    """Sets `is_current` of the entry and of the model to which the page belongs."""
    pages = [model for entry in entries for model in entry["models"]]
    inside = [model["url"] for model in pages if path.startswith(model["url"])]
    longest = max(inside, key=len, default="")
    for entry in entries:
        for model in entry["models"]:
            model["is_current"] = model["url"] == longest
        entry["is_current"] = path == entry["app_url"] or any(
            model["is_current"] for model in entry["models"]
        )


def _links_to_add(entries: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The “New” menu: what the user may add."""
    models = {
        model["model"]._meta.label_lower: model
        for entry in entries
        for model in entry["models"]
        if "model" in model
    }
    return [
        {"name": name, "icon": icon, "url": models[label]["add_url"]}
        for label, (name, icon) in CREATED.items()
        if label in models and models[label]["add_url"]
    ]
