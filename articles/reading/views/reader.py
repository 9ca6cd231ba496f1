"""The page of a reader who chose to have one: who they are, and what they wrote here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString

from accounts.models import User
from articles.body.remarks import remark
from articles.comments.models import Comment
from articles.reading.showing import shown
from iria.kit.caching import public_page
from iria.kit.changes import COMMENTS
from iria.kit.paging import page_of
from iria.publication.speaking import in_its_language


def comment_scope(request: HttpRequest, pk: int) -> tuple[str, ...]:
    return (COMMENTS,)


@public_page(also=comment_scope)
@in_its_language
def reader(request: HttpRequest, pk: int) -> HttpResponse:
    """Only what stands on the pages of articles stands here, and only as long as they wish it."""
    chose = User.objects.filter(is_active=True, shows_comments=True).select_related("face")
    person = get_object_or_404(chose, pk=pk)
    comments = Comment.objects.published().filter(user=person).select_related("article")
    page = page_of(comments.order_by("-created_at", "-pk"), request.GET.get("page"))
    context = {
        "person": person,
        "face": getattr(person, "face", None),
        "page": page,
        "comments": [(each, SafeString(remark(each.text))) for each in page],
    }
    return shown(request, "articles/reading/reader.html", context)
