"""Forms that come from somebody who is no longer, or not yet, who opened them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SECRET = ("password", "token", "code")


def out_of_date(request: HttpRequest, reason: str = "", *, because: str = "") -> HttpResponse:
    """Refuses a form and gives its words back, so that nobody loses an afternoon's writing.

    Django's CSRF check calls this with its reason, which means nothing to who wrote the words.

    Args:
        because: what else happened since the form was opened, and what to do.
    """
    context = {"words": typed_words(request), "because": because}
    answer = render(request, "iria/out_of_date.html", context, status=403)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def typed_words(request: HttpRequest) -> list[tuple[str, str]]:
    """Every field of more than one word that was sent, by a name for people; never a password."""
    return [
        (name.replace("_", " ").replace("-", " ").capitalize(), text)
        for name, texts in request.POST.lists()
        for text in texts
        if len(text.split()) > 1 and not any(secret in name for secret in SECRET)
    ]
