"""The article form around its fields: the bar above, and the sidebar with its tabs."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from articles.editorial import internal_links, permissions
from articles.editorial.admin import submit_actions
from articles.editorial.checklist import images_of, publish_blockers, suggestions, text_blockers
from articles.editorial.internal_links import linked_from
from articles.editorial.models import Article, Draft, Revision
from articles.editorial.preview_links import expires_at, preview_url
from articles.editorial.taxonomy import STEP
from articles.editorial.versions import drafts
from articles.editorial.versions.content import LABELS, Content, content_of_revision
from articles.images.models import Image
from articles.images.usage_check import usage_terms
from iria.core.blockers import Blocker
from iria.core.http.urls import absolute_url

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin


class Status(Enum):
    """A badge: its text, the end of its CSS class, and what readers do not see yet."""

    NEW = ("New draft", "draft", "")
    DRAFT = ("Draft", "draft", "")
    SCHEDULED = ("Scheduled", "scheduled", "")
    OVERDUE = ("Overdue", "overdue", "")
    LIVE = ("Live", "published", "")
    CHANGED = ("Live", "published", "changes not published")
    CHANGES_SCHEDULED = ("Changes scheduled", "scheduled", "")
    UNPUBLISHED = ("Unpublished", "withdrawn", "")
    TRASH = ("In trash", "trash", "")

    def __init__(self, label: str, style: str, detail: str) -> None:
        self.label, self.style, self.detail = label, style, detail


OF_STATE = {
    Article.State.DRAFT: Status.DRAFT,
    Article.State.SCHEDULED: Status.SCHEDULED,
    Article.State.PUBLISHED: Status.LIVE,
    Article.State.UNPUBLISHED: Status.UNPUBLISHED,
    Article.State.TRASH: Status.TRASH,
}


def status_of(article: Article, draft: Draft | None, *, is_overdue: bool) -> Status:
    """The status of a saved article; `is_overdue` as in `Article.objects.overdue()`."""
    if is_overdue:
        return Status.OVERDUE
    if draft is not None:
        return Status.CHANGED if draft.publish_at is None else Status.CHANGES_SCHEDULED
    return OF_STATE[Article.State(article.state)]


MAX_VERSIONS: Final = 12
"""The latest versions in the sidebar; the history page has the others."""

REQUIRED_FIELDS: Final = (
    ("#id_headline", "Headline"),
    ("#id_body", "Text"),
    ("#id_chosen_categories_0", "Category"),
)
"""What is required of every article: the field to fix it, and its name when it is done."""


@dataclass(frozen=True, slots=True)
class Checklist:
    required: list[Blocker]
    """What prevents publishing."""
    recommended: list[Blocker]
    done: list[str]


def checklist_of(article: Article, content: Content | None, images: list[Image]) -> Checklist:
    """The checklist of an article; `content` is None if it was never saved."""
    if content is None:
        required = text_blockers(article, has_category=False)
    else:
        has_category = bool(content["categories"])
        required = publish_blockers(article, images=images, has_category=has_category)
    found = suggestions(article, has_author=content is None or bool(content["authors"]))
    open_fields = [each.url for each in required]
    done = [
        name
        for field, name in REQUIRED_FIELDS
        if not any(url.endswith(field) for url in open_fields)
    ]
    return Checklist(required, found, done)


def context_for_new(form: forms.ModelForm[Article]) -> dict[str, Any]:
    return {
        "status": Status.NEW,
        "checklist": checklist_of(Article(), None, []),
        **_choice_names(form),
    }


def context_of(
    request: HttpRequest, article: Article, form: forms.ModelForm[Article], opened: drafts.Opened
) -> dict[str, Any]:
    """What the templates of the form show of an article, besides its fields."""
    draft, images = opened.draft, images_of(article)
    sees_draft = permissions.may_see_draft(request.user, article)
    for name in ("lead_image", "social_image"):
        if name in form.fields:
            form.fields[name].widget.fetched = {image.pk: image for image in images}
    # With their texts: the version that readers see is almost always among the latest.
    seen = permissions.visible_revisions(request.user, article)
    versions = list(seen.select_related("created_by")[:MAX_VERSIONS])
    is_unseen = article.state in permissions.UNSEEN
    return {
        "status": status_of(article, draft, is_overdue=article.is_overdue),  # type: ignore[attr-defined]
        "checklist": checklist_of(article, opened.content, images),
        "terms": [
            (image, usage_terms_text)
            for image in images
            if (usage_terms_text := usage_terms(image))
        ],
        "preview_link": absolute_url(preview_url(article)) if sees_draft else "",
        "preview_expires_at": expires_at(),
        "versions": versions,
        "draft": draft,
        **(_changes_context(article, opened, draft, versions) if draft else {}),
        "linked_from": linked_from(internal_links.NAME, [article.pk], user=request.user),
        "copy_token": submit_actions.make_form_token(),
        "may_trash": is_unseen and permissions.may_move_to_trash(request.user, article),
        **_choice_names(form),
    }


def checklist_view(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, *, object_id: int
) -> HttpResponse:
    """The checklist of what was saved last, as HTML for the sidebar."""
    article = get_object_or_404(Article, pk=object_id)
    if not model_admin.has_change_permission(request, article):
        raise PermissionDenied
    opened = drafts.open_for_editing(article)
    context = {
        "original": article,
        "checklist": checklist_of(article, opened.content, images_of(article)),
    }
    return render(request, "admin/articles/article/_checklist.html", context)


def _changes_context(
    article: Article, opened: drafts.Opened, draft: Draft, latest: list[Revision]
) -> dict[str, Any]:
    """Names of the fields that differ from what readers see, and the URL of the comparison."""
    url = reverse("admin:articles_article_version", args=[article.pk, draft.revision.number])
    published = article.revisions.filter(published_at__isnull=False)
    live = next((each for each in latest if each.published_at), None) or published.first()
    if live is None:
        return {"changed": [], "compare_live_url": url}
    before = content_of_revision(live)
    changed = [
        LABELS[name]
        for name, value in opened.content.items()
        if name in before and before[name] != value
    ]
    return {"changed": changed, "compare_live_url": f"{url}?with={live.number}"}


def _choice_names(form: forms.ModelForm[Article]) -> dict[str, list[str]]:
    """Names of the chosen categories and authors, and of the type, above the headline and below it."""
    return {
        "category_names": _chosen_names(form, "chosen_categories"),
        "author_names": _chosen_names(form, "signed_by"),
        "type_names": _chosen_names(form, "kind"),
    }


def _chosen_names(form: forms.ModelForm[Article], name: str) -> list[str]:
    if name not in form.fields:
        return []
    given = form[name].value()
    keys = [str(each) for each in (given if isinstance(given, list) else [given])]
    widget = form.fields[name].widget
    # The form shows the same rows without a second query; `list` would count them too.
    widget.choices = [(key, *texts) for key, *texts in widget.choices]
    # The last text of a choice; without the parents of a category.
    labels = {str(key): str(texts[-1]).rpartition(STEP)[2] for key, *texts in widget.choices}
    return [labels[key] for key in keys if key and key in labels]
