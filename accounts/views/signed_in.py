"""Views for whoever is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from accounts.models import User

type View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """A view for somebody with an account; it is called with them."""

    @login_required
    @wraps(view)
    def for_them(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, cast(User, request.user), *args, **kwargs)

    return for_them


def shown_again(view: View) -> View:
    """The same, and they showed within the last minutes who they are."""

    return cast(View, login_required(reauthentication_required(signed_in(view))))
