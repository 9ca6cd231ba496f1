"""Error pages for bad requests."""

from html import unescape

import pytest
from django.test import Client

from articles.public.views import errors

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=edge"


def _files(count: int) -> bytes:
    head = '--edge\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nx\r\n'
    return (head * count + "--edge--\r\n").encode()


@pytest.mark.parametrize("url", ["/newsletter/", "/comments/new/", "/admin/login/"])
@pytest.mark.parametrize(
    ("body", "kind", "status", "sentence"),
    [
        (b"text=" + b"x" * 9_000_000, FORM, 413, "8 MB"),
        (b"a=1&" * 5000, FORM, 413, "fields"),
        (_files(150), PARTS, 413, "100"),
        (b"x", "multipart/form-data; boundary=", 400, errors.INVALID_REQUEST),
        (b"a=1", f"{FORM}; charset=utf-16", 400, errors.INVALID_REQUEST),
    ],
    ids=["large", "many fields", "many files", "broken", "no encoding of forms"],
)
def test_a_bad_request_gets_an_error_page_with_a_message(
    client: Client, db: None, url: str, body: bytes, kind: str, status: int, sentence: str
) -> None:
    response = client.post(url, body, content_type=kind)
    page = unescape(response.content.decode())
    assert response.status_code == status
    assert sentence in page
    assert "Nothing has been saved." in page


def test_a_path_with_many_words_gets_an_error_page(client: Client, db: None) -> None:
    response = client.get("/search/?" + "a=1&" * 5000)
    assert response.status_code == 413
    assert f"<h1>{errors.TOO_LARGE}</h1>" in response.content.decode()


def test_a_request_with_an_unknown_host_gets_one_sentence(client: Client, db: None) -> None:
    response = client.get("/", headers={"Host": "elsewhere.example"})
    assert response.status_code == 400
    assert response.content == b"Unknown host name.\n"
