"""The drawer beside the library, and the filters of the chooser."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from django.utils.http import urlencode

from accounts.models import User
from articles.images.admin.details import MAX_USES
from articles.images.library import ingest
from articles.images.models import Collection, Image
from tests.newsroom import draft, picture, picture_file, published

pytestmark = pytest.mark.django_db

IMAGES = "/admin/articles/image/"
CHOOSER = f"{IMAGES}choose/?fragment=1"


@pytest.fixture
def as_edna(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


@pytest.fixture
def queries_of(as_edna: Client) -> Callable[[str], int]:
    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_edna.get(url).status_code == 200
        return len(queries)

    return count


def test_the_drawer_has_the_fields_and_links_to_where_the_image_is_used(as_edna: Client) -> None:
    image = picture(alt_text="A quay", caption="At noon", credit="Ines Faro")
    article = published("Ferries at the strait", lead_image=image)
    html = as_edna.get(f"{IMAGES}{image.pk}/drawer/").content.decode()
    for name in ("alt_text", "is_decorative", "caption", "credit", "licence_until", "usage_terms"):
        assert f'name="{name}"' in html
    assert f'href="/admin/articles/article/{article.pk}/change/"' in html
    assert f"{IMAGES}{image.pk}/original/" in html
    assert f"{IMAGES}{image.pk}/delete/" not in html


def test_an_unused_image_can_be_deleted_from_the_drawer(as_edna: Client) -> None:
    image = picture()
    html = as_edna.get(f"{IMAGES}{image.pk}/drawer/").content.decode()
    assert f"{IMAGES}{image.pk}/delete/" in html


def test_the_queries_of_the_drawer_do_not_grow_with_the_uses(
    queries_of: Callable[[str], int],
) -> None:
    image = picture()
    draft("Used once", lead_image=image)
    url = f"{IMAGES}{image.pk}/drawer/"
    queries_of(url)
    once = queries_of(url)
    for number in range(MAX_USES + 3):
        draft(f"Used again {number}", lead_image=image)
    assert queries_of(url) == once


def test_no_more_than_a_page_of_uses_is_listed(as_edna: Client) -> None:
    image = picture()
    for number in range(MAX_USES + 3):
        draft(f"Used {number}", lead_image=image)
    found = as_edna.get(f"{IMAGES}{image.pk}/details/").json()
    assert (len(found["uses"]), found["use_count"]) == (MAX_USES, MAX_USES + 3)
    html = as_edna.get(f"{IMAGES}{image.pk}/drawer/").content.decode()
    assert html.count("/admin/articles/article/") == MAX_USES


def test_text_and_caption_are_saved_from_the_drawer(as_edna: Client) -> None:
    image = picture(alt_text="A quay", caption="At noon")
    for values in ({"alt_text": "An empty quay"}, {"caption": "At night"}):
        assert as_edna.post(f"{IMAGES}{image.pk}/details/", values).status_code == 200
    image.refresh_from_db()
    assert (image.alt_text, image.caption) == ("An empty quay", "At night")
    as_edna.post(f"{IMAGES}{image.pk}/details/", {"is_decorative": "on"})
    image.refresh_from_db()
    assert image.is_decorative
    as_edna.post(f"{IMAGES}{image.pk}/details/", {"is_decorative": ""})
    image.refresh_from_db()
    assert not image.is_decorative


def test_the_original_is_downloaded_as_it_was_uploaded(as_edna: Client) -> None:
    image = picture(headline="Quay at noon")
    response = as_edna.get(f"{IMAGES}{image.pk}/original/")
    with image.original.open("rb") as original:
        assert response.getvalue() == original.read()
    assert 'attachment; filename="quay-at-noon.' in response["Content-Disposition"]


def test_users_who_may_only_view_images_change_none_and_get_no_original(
    client: Client, ola: User
) -> None:
    ola.is_staff = True
    ola.save()
    ola.user_permissions.add(Permission.objects.get(codename="view_image"))
    client.force_login(ola)
    image = picture()
    html = client.get(f"{IMAGES}{image.pk}/drawer/").content.decode()
    assert html.count(" disabled") >= 6
    assert client.get(f"{IMAGES}{image.pk}/original/").status_code == 403
    sent = client.post(f"{IMAGES}{image.pk}/details/", {"alt_text": "Other"})
    assert sent.status_code == 403


def test_the_url_of_the_drawer_is_ignored_by_the_list_and_its_links(as_edna: Client) -> None:
    image = picture(headline="Quay at noon")
    for number in ("999999", "x", "", "9" * 40):
        response = as_edna.get(f"{IMAGES}?open={number}&used=no")
        assert response.status_code == 200
        assert response.context["linked"] is None
    response = as_edna.get(f"{IMAGES}?open={image.pk}&used=no")
    assert [each.pk for each in response.context["cl"].result_list] == [image.pk]
    html = response.content.decode()
    assert "open=" not in html
    assert f'<noscript><p><a href="{IMAGES}{image.pk}/change/"' in html
    assert "image-linked" not in html


def test_the_card_of_an_image_on_another_page_of_the_list_is_there_for_the_drawer(
    as_edna: Client,
) -> None:
    image = picture(headline="Quay at noon")
    html = as_edna.get(f"{IMAGES}?open={image.pk}&used=yes").content.decode()
    card = html.partition('<div class="image-linked" hidden>')[2]
    assert f'<a class="image-choice" href="{IMAGES}{image.pk}/change/">' in card


def test_withdrawing_and_restoring_lead_back_to_the_drawer_and_the_filters(
    as_edna: Client,
) -> None:
    image = picture(headline="Quay at noon")
    url = f"{IMAGES}{image.pk}/"
    before = f"used=no&open={image.pk}"
    query = urlencode({"_changelist_filters": before})
    withdrawal = f"{url}withdraw/?{query}"
    assert f'href="{withdrawal}"' in as_edna.get(f"{url}drawer/?{query}").content.decode()
    assert f'href="{url}withdraw/"' in as_edna.get(f"{url}drawer/").content.decode()
    page = as_edna.get(withdrawal).content.decode()
    assert f'href="{escape(f"{IMAGES}?{before}")}"' in page
    sent = as_edna.post(withdrawal, {"action": "withdraw", "reason": "Asked by the agency"})
    assert sent["Location"] == f"{IMAGES}?{before}"
    image.refresh_from_db()
    assert not image.may_be_shown
    assert f'href="{withdrawal}"' in as_edna.get(f"{url}drawer/?{query}").content.decode()
    as_edna.post(withdrawal, {"action": "restore"})
    image.refresh_from_db()
    assert image.may_be_shown


def test_users_who_may_not_withdraw_images_are_not_offered_it(client: Client, rui: User) -> None:
    image = picture()
    client.force_login(rui)
    html = client.get(f"{IMAGES}{image.pk}/drawer/").content.decode()
    assert f"{IMAGES}{image.pk}/withdraw/" not in html


def test_a_deleted_image_has_no_drawer(as_edna: Client) -> None:
    assert as_edna.get(f"{IMAGES}999999/drawer/").status_code == 404


def names(client: Client, query: str) -> set[str]:
    response = client.get(f"{CHOOSER}&{query}")
    assert response.status_code == 200
    return {choice.image.headline for choice in response.context["choices"]}


def test_the_chooser_filters_by_usage_and_collection(as_edna: Client) -> None:
    used, other = picture(headline="Quay"), picture(headline="Lighthouse")
    draft("One", lead_image=used)
    harbours = Collection.objects.create(name="Harbours")
    harbours.pictures.add(other)
    assert names(as_edna, "used=yes") == {"Quay"}
    assert names(as_edna, "used=no") == {"Lighthouse"}
    assert names(as_edna, f"collection={harbours.pk}") == {"Lighthouse"}
    assert names(as_edna, f"collection={harbours.pk}&used=yes") == set()
    assert names(as_edna, "q=nowhere&used=no") == set()
    assert names(as_edna, "used=perhaps&collection=x") == {"Quay", "Lighthouse"}


def test_the_pages_of_the_chooser_keep_the_filters(as_edna: Client) -> None:
    for number in range(25):
        picture(headline=f"Quay {number}")
    html = as_edna.get(f"{CHOOSER}&used=no").content.decode()
    assert "page=2&amp;used=no" in html
    assert Image.objects.count() == 25


def test_only_who_may_delete_images_learns_where_one_is_used(client: Client, mina: User) -> None:
    client.force_login(mina)
    image = picture()
    draft(lead_image=image)
    assert client.get(f"{IMAGES}{image.pk}/delete/").status_code == 403


def test_an_impossible_number_opens_no_drawer(as_edna: Client) -> None:
    response = as_edna.get(f"{IMAGES}?open={'9' * 5000}")
    assert response.status_code == 200
    assert response.context["linked"] is None


def test_an_image_that_is_deleted_while_its_file_is_replaced_is_reported(
    as_edna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = picture()

    def decode(*_args: object) -> dict[str, object]:
        Image.objects.filter(pk=image.pk).delete()
        return {}

    monkeypatch.setattr(ingest, "decode", decode)
    response = as_edna.post(
        f"{IMAGES}{image.pk}/replace/", {"picture": picture_file(), "seen": image.checksum}
    )
    assert response.status_code == 302
    assert response.headers["Location"] == IMAGES
