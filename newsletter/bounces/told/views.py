"""The address that a provider calls with its news. What it proves it by comes first; before that nothing is looked at."""


from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.cache import never_cache

from iria.kit.origin import open_to_other_sites
from newsletter.bounces.told import acting, hearing
from newsletter.bounces.told.providers import PROVIDERS



@open_to_other_sites
@never_cache
def told(request: HttpRequest) -> HttpResponse:
    """Takes the provider's news; there is no such address where no provider is named.

    Any answer but 200 makes a provider call again, for hours or days. So what it says of somebody we do not know is
    taken, and what could not be written down is asked for once more.
    """
    provider = PROVIDERS.get(settings.MAIL_PROVIDER)
    if provider is None:
        raise Http404
    if request.method == "HEAD":
        # So some look whether anybody is there when the address is entered.
        return HttpResponse()
    if request.method != "POST":
        return HttpResponseNotAllowed(["HEAD", "POST"])
    if _size(request) > hearing.MOST_BYTES:
        return _said("This is more than a provider has to tell.", status=413)
    try:
        events = hearing.heard(provider, settings.MAIL_PROVIDER_SECRET, request)
    except hearing.Refused:
        return _said(f"This does not prove that {provider.name} sent it.", status=403)
    except hearing.Unreadable as trouble:
        kind = type(trouble.__cause__ or trouble).__name__
        log.warning("%s sent what cannot be read: %s", provider.name, kind)
        return _said(f"This is not what {provider.name} sends.", status=400)
    if not acting.act(provider, events):
        return _said("Some of it came too early; please tell it once more.", status=503)
    return _said("Taken.")


def _size(request: HttpRequest) -> int:
    """Of the body, before it is read."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _said(sentence: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
