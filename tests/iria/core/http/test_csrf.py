"""Unsafe requests must come from our own pages."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from iria.core.http.private_paths import SameOrigin, is_foreign, open_to_other_sites


def test_requests_from_our_own_pages_are_accepted(rf: RequestFactory, settings: object) -> None:
    assert not is_foreign(rf.post("/", headers={"Sec-Fetch-Site": "same-origin"}))
    assert not is_foreign(rf.post("/", headers={"Origin": "http://127.0.0.1:8000"}))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_requests_from_other_sites_are_rejected(rf: RequestFactory, site: str) -> None:
    assert is_foreign(rf.post("/", headers={"Sec-Fetch-Site": site}))


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "null", "http://127.0.0.1:8001", "[", "http://["]
)
def test_requests_from_other_origins_are_rejected(rf: RequestFactory, origin: str) -> None:
    assert is_foreign(rf.post("/", headers={"Origin": origin}))


def test_requests_without_browser_headers_are_accepted(rf: RequestFactory) -> None:
    assert not is_foreign(rf.post("/"))


def _view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


def test_a_rejected_request_gets_an_error_page(rf: RequestFactory, db: None) -> None:
    request = rf.post("/", headers={"Sec-Fetch-Site": "cross-site"})
    response = SameOrigin(_view).process_view(request, _view, (), {})
    assert response is not None
    assert response.status_code == 403
    assert "another site" in response.content.decode()


def test_safe_requests_are_always_accepted(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"Sec-Fetch-Site": "cross-site"})
    assert SameOrigin(_view).process_view(request, _view, (), {}) is None


def test_a_view_with_a_token_accepts_other_sites(rf: RequestFactory) -> None:
    @open_to_other_sites
    def unsubscribe(request: HttpRequest) -> HttpResponse:
        return HttpResponse("done")

    request = rf.post("/", headers={"Sec-Fetch-Site": "cross-site"})
    assert SameOrigin(unsubscribe).process_view(request, unsubscribe, (), {}) is None
