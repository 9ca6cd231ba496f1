"""The first step of a member of the newsroom who has no second factor yet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import second_factor
from accounts.models import User
from accounts.views.signed_in import signed_in


@signed_in
def wanted(request: HttpRequest, user: User) -> HttpResponse:
    """Why the desk asks for one, the two ways to get it, and on to where somebody wanted to go."""
    context = {"is_set_up": second_factor.is_set_up(user)}
    return render(request, "account/second_factor.html", context)
