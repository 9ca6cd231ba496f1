"""The article form and the buttons that publish."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Exists, Field, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from articles.editorial import permissions
from articles.editorial.admin import (
    autosave,
    choices,
    history,
    saved_views,
    sidebar,
    submit_actions,
    trash,
)
from articles.editorial.admin.article_list import ArticleList
from articles.editorial.admin.editor_field import details_by_id
from articles.editorial.admin.form import ArticleForm
from articles.editorial.admin.history import CorrectionInline
from articles.editorial.checklist import NotReady
from articles.editorial.models import Article, ArticleType
from articles.editorial.models.article import ARTICLE_FIELDS
from articles.editorial.models.declaration import FormGroup
from articles.editorial.preview_links import preview_url
from articles.editorial.rendering import render_body
from articles.editorial.versions import drafts, revisions
from articles.editorial.versions.content import content_of
from articles.images.admin.forms import ChoosesImage
from articles.images.usage_check import retry_if_uncredited
from iria.publication.context_processors import publication_of
from iria.publication.models import current_publication

DETAILS_TAB: Final = "admin-beside"
"""Marks the fieldsets of the tab “Details”."""
COLLAPSED: Final = "collapse"
PUBLISH_TAB: Final = "admin-publishing"
"""Marks the fieldset of the tab “Publish”."""

GROUPS: Final[dict[FormGroup, tuple[str | None, list[str]]]] = {
    FormGroup.HEAD: (None, ["admin-writing", "article-head"]),
    FormGroup.LEAD_IMAGE: ("Lead image", ["admin-writing", "article-lead"]),
    FormGroup.TEXT: (None, ["admin-writing", "article-body"]),
    FormGroup.PUBLISHING: (None, [PUBLISH_TAB]),
    FormGroup.DETAILS: (None, [DETAILS_TAB]),
    FormGroup.SEARCH: ("Search and sharing", [DETAILS_TAB, COLLAPSED]),
    FormGroup.COMMENTS: ("Comments", [DETAILS_TAB, COLLAPSED]),
    FormGroup.READ_NEXT: ("Read next", [DETAILS_TAB, COLLAPSED]),
    FormGroup.REPUBLISHING: ("Republishing", [DETAILS_TAB, COLLAPSED]),
}
"""The heading and the classes of each group of fields."""
FIELDSETS: Final = [
    (
        heading,
        {
            "fields": tuple(each.name_in_form for each in ARTICLE_FIELDS if each.group == group),
            "classes": classes,
        },
    )
    for group, (heading, classes) in GROUPS.items()
]
VIEW_ONLY_FIELDSETS: Final = [
    (None, {"fields": ("headline", "standfirst", "text"), "classes": ["admin-writing"]}),
    (
        None,
        {
            "fields": ("kind", "categories_in_order", "authors_in_order", "language"),
            "classes": [DETAILS_TAB],
        },
    ),
]

VIEWS: Final[tuple[tuple[str, str, Callable[..., HttpResponse]], ...]] = (
    ("trash", "trash/", trash.trash_view),
    ("trash_restore", "trash/restore/", trash.restore_view),
    ("trash_delete", "trash/delete/", trash.delete_view),
    ("move_to_trash", "<int:object_id>/trash/", trash.move_view),
    ("unpublish", "<int:object_id>/unpublish/", trash.unpublish_view),
    ("undo_unpublishing", "undo-unpublishing/", trash.undo_view),
    ("duplicate", "<int:object_id>/duplicate/", submit_actions.duplicate_view),
    ("version", "<path:object_id>/versions/<int:number>/", history.version_view),
    ("restore", "<int:object_id>/versions/<int:number>/restore/", history.restore_view),
    ("choices", "choices/<slug:field>/", choices.choices_view),
    ("autosave_new", "autosave/", autosave.autosave_view),
    ("autosave", "<int:object_id>/autosave/", autosave.autosave_view),
    ("compare_new", "compare/", autosave.compare_view),
    ("compare", "<int:object_id>/compare/", autosave.compare_view),
    ("checklist", "<int:object_id>/checklist/", sidebar.checklist_view),
)
"""Name, URL below that of the list, and function of each view; they get this admin first."""

SENT_TWICE: Final = "The form was sent twice; one article was created."


class ArticleAdmin(ChoosesImage, ArticleList):
    form = ArticleForm
    inlines = [CorrectionInline]
    change_form_template = "admin/articles/article/change_form.html"
    object_history_template = "admin/articles/article/history.html"
    readonly_fields = ["text", "categories_in_order", "authors_in_order"]
    save_on_top = False

    class Media:
        css = {"all": ["iria_admin/article.css"]}
        js = [forms.Script("iria_admin/article.js", type="module")]

    # Who may do what

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        overdue = Article.objects.overdue().filter(pk=OuterRef("pk"))
        articles = super().get_queryset(request).annotate(is_overdue=Exists(overdue))
        return permissions.visible_to(request.user, articles)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Article | None:
        """As Django's, with the draft in the same query."""
        articles = self.get_queryset(request).select_related("draft__revision")
        try:
            article = articles.filter(**{from_field or "pk": object_id}).first()
        except (ValidationError, ValueError):
            article = None
        if article is None:
            trash.raise_if_in_trash(request, object_id)
        return article

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return permissions.may_change(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """An article is moved to the trash; `admin.trash` deletes it for good."""
        return obj is None and super().has_delete_permission(request)

    def get_view_on_site_url(self, obj: Article | None = None) -> str | None:
        return obj.get_absolute_url() if obj is not None and obj.is_published else None

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """For actions that ask for it by name."""
        return permissions.may_publish(request.user)

    # The form

    def get_urls(self) -> list[URLPattern]:
        admin_view = self.admin_site.admin_view
        return [
            *saved_views.urls(self),
            path("links/", admin_view(choices.links_view), name="articles_article_links"),
            path("pictures/", admin_view(self.pictures_view), name="articles_article_pictures"),
            *(
                path(route, admin_view(partial(view, self)), name=f"articles_article_{name}")
                for name, route, view in VIEWS
            ),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            return VIEW_ONLY_FIELDSETS
        return FIELDSETS

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: Any, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "kind":
            # Without the links to add and change types, which are rarely needed here.
            field.widget = field.widget.widget
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Defaults for most articles by this person."""
        initial: dict[str, Any] = {
            "kind": ArticleType.objects.values_list("pk", flat=True).first(),
            "language": publication_of(request).language_codes[0],
        }
        profile = getattr(request.user, "author_profile", None)
        if profile is not None:
            initial["signed_by"] = [profile.pk]
        return {**initial, **super().get_changeform_initial_data(request)}

    def get_inlines(self, request: HttpRequest, obj: Article | None) -> Any:
        """Corrections are only for published articles.

        A form that was opened before publication has no fields for them, and is accepted without.
        """
        inlines = super().get_inlines(request, obj)
        was_published = obj is not None and obj.published_at is not None
        includes_corrections = request.method != "POST" or "corrections-TOTAL_FORMS" in request.POST
        if was_published and includes_corrections:
            return inlines
        return [inline for inline in inlines if inline is not CorrectionInline]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        is_creating = object_id is None and request.method == "POST"
        if is_creating and (response := self._redirect_if_created(request)):
            return response
        try:
            if object_id is not None and submit_actions.DISCARD in request.POST:
                return self._discard(request, object_id)
            view = super().changeform_view
            page = retry_if_uncredited(
                request, lambda: view(request, object_id, form_url, extra_context)
            )
            if is_creating and page.status_code == 200:
                # Another request may have been first while this one was validated.
                return self._redirect_if_created(request) or page
            return page
        except trash.InTrash:
            return trash.redirect_to_trash(self, request)
        except NotReady:
            # It may have been moved to the trash while the form was sent.
            if object_id and Article.objects.filter(pk=object_id, state=Article.State.TRASH):
                return trash.redirect_to_trash(self, request)
            raise
        except IntegrityError:
            # Two requests sent the same form at the same time; the other one was first.
            if is_creating and (response := self._redirect_if_created(request)):
                return response
            raise

    def _discard(self, request: HttpRequest, object_id: str) -> HttpResponse:
        article = self.get_object(request, unquote(object_id))
        if article is None:
            raise Http404
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        submit_actions.discard(self, request, article)
        return redirect("admin:articles_article_change", article.pk)

    def _redirect_if_created(self, request: HttpRequest) -> HttpResponseRedirect | None:
        """A redirect to the article that this form has already created."""
        article = submit_actions.article_created_by(request.POST.get("form_token", ""))
        if article is None or not permissions.may_see(request.user, article):
            return None
        posted = request.POST.get("headline", ""), request.POST.get("body", "")
        if not submit_actions.has_same_content(article, *posted):
            return None
        self.message_user(request, SENT_TWICE, messages.WARNING)
        return redirect("admin:articles_article_change", article.pk)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Article | None = None,
    ) -> HttpResponse:
        context |= {
            "may_publish": permissions.may_publish(request.user),
            "zone": publication_of(request).time_zone,
            "states": Article.State,
        }
        context |= autosave.urls_for(request, obj)
        form = context["adminform"].form
        if obj is None:
            context |= sidebar.context_for_new(form)
        else:
            opened = form.opened or drafts.Opened(content_of(obj), None)
            context |= sidebar.context_of(request, obj, form, opened)
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Saving

    def get_form(
        self, request: HttpRequest, obj: Article | None = None, change: bool = False, **options: Any
    ) -> type[forms.ModelForm[Article]]:
        form = super().get_form(request, obj, change, **options)
        form.visible_articles = permissions.visible_to(request.user, Article.objects.all())  # type: ignore[attr-defined]
        return form

    def save_model(
        self, request: HttpRequest, obj: Article, form: forms.ModelForm[Article], change: bool
    ) -> None:
        """Saves the fields of the form, categories, authors and tags; readers see no difference yet."""
        content = form.content()  # type: ignore[attr-defined]
        save = drafts.save if change else drafts.create_article
        try:
            save(obj, content, by=request.user)  # type: ignore[arg-type]
        except NotReady:
            message = (
                "Someone else just linked another version in this language. "
                "The article was saved without a translation link."
            )
            save(obj, content | {"translation_of": None}, by=request.user)  # type: ignore[arg-type]
            self.message_user(request, message, messages.WARNING)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Saves the inlines; `save_model` saved the rest."""
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)
        submit_actions.decide(
            self, request, form.instance, at=form.cleaned_data.get("schedule_for")
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Corrections get an author and send a signal."""
        for correction in formset.save(commit=False):
            revisions.add_correction(correction, by=request.user)  # type: ignore[arg-type]

    def response_add(
        self, request: HttpRequest, obj: Article, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._redirect_back(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        return self._redirect_back(request, obj) or super().response_change(request, obj)

    def _redirect_back(self, request: HttpRequest, obj: Article) -> HttpResponseRedirect | None:
        """Back to the form with a message; only “Save and close” goes to the list.

        Unpublishing is confirmed on a page of its own first.
        """
        if submit_actions.asks_to_unpublish(request, obj):
            return redirect("admin:articles_article_unpublish", obj.pk)
        if submit_actions.PREVIEW in request.POST:
            return redirect(preview_url(obj))
        if "_save" in request.POST or "_addanother" in request.POST:
            return None
        return redirect("admin:articles_article_change", obj.pk)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        if add:
            return super().construct_change_message(request, form, formsets, add)
        return history.change_message(formsets)

    # More views

    def pictures_view(self, request: HttpRequest) -> JsonResponse:
        """Details of images for the text editor: `?id=3&id=5` → {id: details}."""
        if not request.user.has_perm("articles.view_image"):
            return JsonResponse({}, status=403)
        return JsonResponse(details_by_id(request.GET.getlist("id"), publication_of(request)))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except trash.InTrash:
            return trash.redirect_to_trash(self, request)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), **history.context_of(request.user, object_id)}
        try:
            return super().history_view(request, object_id, context)
        except trash.InTrash:
            return trash.redirect_to_trash(self, request)

    # For users who may only view

    @admin.display(description="Text")
    def text(self, article: Article) -> SafeString:
        return render_body(Article.objects.for_page().get(pk=article.pk), current_publication())

    @admin.display(description="Categories")
    def categories_in_order(self, article: Article) -> str:
        categories = article.article_categories.select_related("category")
        return ", ".join(str(each) for each in categories) or "None"

    @admin.display(description="Authors")
    def authors_in_order(self, article: Article) -> str:
        return ", ".join(str(each) for each in article.bylines.select_related("author")) or "None"
