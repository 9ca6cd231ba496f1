"""Who may open the links to *Your comment*."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from articles.comments import seals
from articles.comments.models import Comment

OwnView = Callable[[HttpRequest, Comment, str], HttpResponse]


def own_comment(view: OwnView) -> Callable[[HttpRequest, str], HttpResponse]:
    """A view for the writer of the comment behind a link; it is called with comment and link.

    Of a guest the link is all we have: holding it is the right. What an account wrote is its own;
    there the link only leads the way, through sign-in where nobody is signed in.
    """

    @wraps(view)
    def for_its_writer(request: HttpRequest, link: str) -> HttpResponse:
        comment = seals.comment_behind(link)
        if comment is not None and comment.user_id is not None:
            writer = seals.writer_of(request)
            if writer is None:
                return redirect_to_login(
                    reverse("comment_yours", args=[link]), reverse("account_login")
                )
            if writer.pk != comment.user_id:
                comment = None
        if comment is None:
            return render(request, "articles/comments/no_link.html", status=404)
        return view(request, comment, link)

    return for_its_writer
