"""The page of the admin on which credits of imported images are decided, many at once.

An import found no credit for them: the caption has none, or something in it that may be one.
"""

import re
from collections import Counter, defaultdict
from html import escape
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.models import User
from articles.body.tree import caption_text
from articles.editorial.models import Article, Draft, Figure
from articles.editorial.versions import revisions
from articles.images.library import editing
from articles.images.models import Image
from iria.core.hooks import DashboardItem
from iria.core.http.urls import parse_id
from iria.core.text.validators import one_line, validate_storable
from iria.transfer import captions

PAGE: Final = 25
URL: Final = "pending_credits"
PERMISSIONS: Final = ("articles.change_image", "articles.publish_article")
NOTHING: Final = "Enter a credit or change a caption; nothing was saved."


class RowForm(forms.Form):
    """Caption and credit of one image, with the caption that was shown."""

    caption = forms.CharField(
        required=False,
        max_length=2000,
        validators=[validate_storable],
        widget=forms.Textarea({"rows": 2}),
    )
    credit = forms.CharField(required=False, max_length=300, validators=[validate_storable])
    shown = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)


class Row:
    """An image with its form, and the articles that show it."""

    def __init__(self, image: Image, figures: list[Figure], data: Any) -> None:
        self.image = image
        self.articles = list({each.article_id: each.article for each in figures}.values())
        own = [caption_text(each.caption) for each in figures if each.caption]
        self.shown = one_line(image.caption) or next(iter(own), "")
        self.proposal = captions.propose(self.shown)
        self.form = RowForm(
            data if data and f"{image.pk}-shown" in data else None,
            prefix=str(image.pk),
            initial={
                "caption": self.proposal.caption,
                "credit": self.proposal.credit,
                "shown": self.shown,
            },
        )

    @property
    def is_decided(self) -> bool:
        """Whether there is a credit, or a caption of somebody's own: without its credit, a proposed one lacks words."""
        values = self.form.cleaned_data
        caption = one_line(values["caption"])
        return bool(values["credit"]) or caption not in {values["shown"], self.proposal.caption}


def page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """GET shows images without a credit; POST saves those with one, or none if a value is invalid."""
    user = request.user
    if not (isinstance(user, User) and user.has_perms(PERMISSIONS)):
        raise PermissionDenied
    if request.method == "POST":
        given = request.POST.getlist("image")[:PAGE]
        numbers = list(filter(None, map(parse_id, given)))
        rows = _rows(Image.objects.credit_unknown().filter(pk__in=numbers), request.POST)
        if all(row.form.is_valid() for row in rows if row.form.is_bound):
            _save(request, [row for row in rows if row.form.is_bound and row.is_decided], by=user)
            return redirect(f"{request.path}?p={request.POST.get('p', '')}")
        page_of_images = None
    else:
        page_of_images = Paginator(Image.objects.credit_unknown().order_by("pk"), PAGE).get_page(
            request.GET.get("p")
        )
        rows = _rows(page_of_images.object_list, None)
    context = {
        **site.each_context(request),
        "title": "Images without a credit",
        "rows": rows,
        "page": page_of_images,
        "number": page_of_images.number if page_of_images else request.POST.get("p", ""),
        "has_errors": any(row.form.errors for row in rows),
    }
    return TemplateResponse(request, "admin/transfer/pending_credits.html", context)


def _rows(images: Any, data: Any) -> list[Row]:
    listed_images = list(images.order_by("pk").for_grid() if data else images.for_grid())
    figures: dict[int, list[Figure]] = defaultdict(list)
    uses = Figure.objects.filter(image__in=listed_images).select_related("article").order_by("pk")
    for each in uses.defer("article__body"):
        figures[each.image_id].append(each)
    return [Row(image, figures[image.pk], data) for image in listed_images]


def _save(request: HttpRequest, rows: list[Row], *, by: User) -> None:
    if not rows:
        messages.warning(request, NOTHING)
        return
    done: Counter[str] = Counter()
    for row in rows:
        values = row.form.cleaned_data
        caption = one_line(values["caption"])
        changes = {"credit": values["credit"].strip()} if values["credit"].strip() else {}
        if row.image.caption.strip() and one_line(row.image.caption) == values["shown"]:
            changes["caption"] = caption
        try:
            with transaction.atomic():
                if changes:
                    editing.update_image(row.image, by=by, **changes)
                if caption != values["shown"]:
                    done["waiting"] += _change_texts(row, values["shown"], caption, by=by)
        except ValidationError as error:
            messages.error(request, f"{row.image}: {' '.join(error.messages)}")
        else:
            done["saved"] += 1
    if done["saved"]:
        noun = "image was" if done["saved"] == 1 else "images were"
        messages.success(request, f"{done['saved']} {noun} saved.")
    if done["waiting"]:
        messages.warning(
            request,
            f"Texts with changes that are not published yet: {done['waiting']}. Change the captions there.",
        )


def _change_texts(row: Row, before: str, after: str, *, by: User) -> int:
    """Replaces the caption in the articles that have it; returns how many have changes waiting."""
    waiting = 0
    for article in Article.objects.locked().filter(pk__in=[each.pk for each in row.articles]):
        body = _with_caption(article.body, row.image.pk, before, after)
        lead = article.lead_caption
        if (
            article.lead_image_id == row.image.pk
            and caption_text(lead) == before
            and "<" not in lead
        ):
            lead = escape(after, quote=False)
        if (body, lead) == (article.body, article.lead_caption):
            continue
        if article.is_in_trash or Draft.objects.filter(article=article).exists():
            waiting += 1
            continue
        updated_at = article.updated_at
        article.body, article.lead_caption = body, lead
        revisions.save(article, by=by)
        # Where a credit is stored makes no difference to readers.
        Article.objects.filter(pk=article.pk).update(updated_at=updated_at)
    return waiting


def _with_caption(body: str, image: int, before: str, after: str) -> str:
    figure = re.compile(
        rf'(<figure\b[^>]*\sdata-image="{image}"[^>]*>)<figcaption>([^<]*)</figcaption>'
    )

    def changed(found: re.Match[str]) -> str:
        if one_line(caption_text(found[2])) != before:
            return found[0]
        inside = f"<figcaption>{escape(after, quote=False)}</figcaption>" if after else ""
        return found[1] + inside

    return figure.sub(changed, body)


def pending_item(user: Any) -> list[DashboardItem]:
    """Images of imports that need a credit."""
    if not user.has_perms(PERMISSIONS) or not (count := Image.objects.credit_unknown().count()):
        return []
    label = "1 image without a credit" if count == 1 else f"{count:,} images without a credit"
    url = reverse(f"admin:{URL}")
    return [DashboardItem(label=label, count=count, url=url, action="Decide")]
