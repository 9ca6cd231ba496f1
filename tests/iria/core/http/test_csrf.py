"""A request that changes something must come from our own pages."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from iria.core.http.csrf import SameOrigin, is_foreign, open_to_other_sites


def test_our_own_page_may_send(rf: RequestFactory, settings: object) -> None:
    assert not is_foreign(rf.post("/", headers={"Sec-Fetch-Site": "same-origin"}))
    assert not is_foreign(rf.post("/", headers={"Origin": "http://127.0.0.1:8000"}))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_not(rf: RequestFactory, site: str) -> None:
    assert is_foreign(rf.post("/", headers={"Sec-Fetch-Site": site}))


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "null", "http://127.0.0.1:8001", "[", "http://["]
)
def test_another_origin_may_not(rf: RequestFactory, origin: str) -> None:
    assert is_foreign(rf.post("/", headers={"Origin": origin}))


def test_a_client_that_is_no_browser_may_send(rf: RequestFactory) -> None:
    assert not is_foreign(rf.post("/"))


def _view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


def test_the_refusal_is_a_page_with_a_sentence(rf: RequestFactory, db: None) -> None:
    request = rf.post("/", headers={"Sec-Fetch-Site": "cross-site"})
    answer = SameOrigin(_view).process_view(request, _view, (), {})
    assert answer is not None
    assert answer.status_code == 403
    assert "another site" in answer.content.decode()


def test_reading_is_never_refused(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"Sec-Fetch-Site": "cross-site"})
    assert SameOrigin(_view).process_view(request, _view, (), {}) is None


def test_a_view_whose_right_is_its_token_is_open(rf: RequestFactory) -> None:
    @open_to_other_sites
    def leave(request: HttpRequest) -> HttpResponse:
        return HttpResponse("left")

    request = rf.post("/", headers={"Sec-Fetch-Site": "cross-site"})
    assert SameOrigin(leave).process_view(request, leave, (), {}) is None
