"""The editor asks for the cards of embedded pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from articles.embeds import views
from articles.embeds.models import LinkCard

pytestmark = pytest.mark.django_db

ASK = "/admin/articles/linkcard/ask/"
FILM = "https://www.youtube.com/watch?v=abc-123"
PAGE = "https://harbour.example/plan"


@pytest.fixture
def as_rui(rui: User, client: Client) -> Client:
    client.force_login(rui)
    return client


def jobs_of(card: LinkCard) -> int:
    return ProcrastinateJob.objects.filter(
        task_name="articles.embeds.tasks.fetch_link_card", args={"card_id": card.pk}
    ).count()


def test_a_new_page_is_enqueued_once(as_rui: Client) -> None:
    for _ in range(2):
        answer = as_rui.post(ASK, {"url": [FILM, PAGE]}).json()["cards"]
    assert (answer[FILM]["state"], answer[FILM]["provider"]) == ("pending", "YouTube")
    assert answer[PAGE] == {"state": "pending", "provider": "", "title": "", "thumbnail": ""}
    assert [jobs_of(card) for card in LinkCard.objects.all()] == [1, 1]


def test_reading_enqueues_nothing(as_rui: Client) -> None:
    assert as_rui.get(ASK, {"url": PAGE}).json()["cards"][PAGE]["state"] == views.LIMITED
    assert not LinkCard.objects.exists()


def test_a_fetched_card_is_shown_and_not_fetched_again(as_rui: Client) -> None:
    LinkCard.objects.create(
        url=PAGE,
        title="The plan",
        state=LinkCard.State.FETCHED,
        thumbnail_name="0" * 20,
        requested_at=timezone.now() - timedelta(days=9),
    )
    assert as_rui.post(ASK, {"url": PAGE}).json()["cards"][PAGE] == {
        "state": "fetched",
        "provider": "",
        "title": "The plan",
        "thumbnail": f"/pictures/embed/{'0' * 20}.jpeg",
    }
    assert jobs_of(LinkCard.objects.get()) == 0


@pytest.mark.parametrize("state", [LinkCard.State.FAILED, LinkCard.State.PENDING])
def test_a_page_that_was_not_fetched_is_asked_again_after_an_hour(
    as_rui: Client, state: LinkCard.State
) -> None:
    card = LinkCard.objects.create(url=PAGE, state=state)
    as_rui.post(ASK, {"url": PAGE})
    assert jobs_of(card) == 0
    LinkCard.objects.update(requested_at=timezone.now() - timedelta(minutes=61))
    assert as_rui.post(ASK, {"url": PAGE}).json()["cards"][PAGE]["state"] == "pending"
    assert jobs_of(card) == 1


def test_one_user_can_ask_for_a_limited_number_of_new_pages(
    as_rui: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MAX_REQUESTS", 3)
    urls = [f"{PAGE}/{number}" for number in range(5)]
    answer = as_rui.post(ASK, {"url": urls}).json()["cards"]
    assert [answer[url]["state"] for url in urls] == ["pending"] * 3 + ["limited"] * 2
    assert LinkCard.objects.count() == 3


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://user:secret@harbour.example/",
        "https://x.example:8443/",
        "https://x.example/\x00",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "x" * 9_000,
        "",
    ],
)
def test_other_urls_are_left_out(as_rui: Client, url: str) -> None:
    assert as_rui.post(ASK, {"url": [url, PAGE]}).json()["cards"].keys() == {PAGE}
    assert [card.url for card in LinkCard.objects.all()] == [PAGE]


def test_only_people_who_may_change_texts_can_ask(mina: User, ola: User, client: Client) -> None:
    assert client.post(ASK, {"url": PAGE}).status_code == 302
    client.force_login(ola)
    assert client.post(ASK, {"url": PAGE}).status_code == 302
    client.force_login(mina)
    assert client.post(ASK, {"url": PAGE}).status_code == 403
    assert client.get(ASK, {"url": PAGE}).status_code == 403
    assert not LinkCard.objects.exists()
    mina.user_permissions.add(Permission.objects.get(codename="change_page"))
    client.force_login(User.objects.get(pk=mina.pk))
    assert client.post(ASK, {"url": PAGE}).status_code == 200


def test_the_number_of_queries_does_not_depend_on_the_number_of_embeds(
    as_rui: Client, django_assert_max_num_queries: Any
) -> None:
    urls = [f"{PAGE}/{number}" for number in range(60)]
    as_rui.post(ASK, {"url": urls})
    with django_assert_max_num_queries(8):
        assert len(as_rui.get(ASK, {"url": urls}).json()["cards"]) == 60


def test_editors_see_cards_and_fetch_them_again(edna: User, client: Client) -> None:
    card = LinkCard.objects.create(url=PAGE, state=LinkCard.State.FAILED, error="Status 404")
    client.force_login(edna)
    page = client.get(reverse("admin:articles_linkcard_change", args=[card.pk]))
    assert "Status 404" in page.content.decode()
    changelist = reverse("admin:articles_linkcard_changelist")
    assert client.get(changelist).status_code == 200
    assert client.get(reverse("admin:articles_linkcard_add")).status_code == 403
    client.post(changelist, {"action": "fetch_again", "_selected_action": [card.pk]})
    card.refresh_from_db()
    assert card.state == LinkCard.State.PENDING
    assert jobs_of(card) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_worker_fetches_what_was_asked_for(
    as_rui: Client, jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(card: LinkCard) -> None:
        LinkCard.objects.filter(pk=card.pk).update(state="fetched", title="The plan")

    monkeypatch.setattr("articles.embeds.link_cards.fetch", answer)
    as_rui.post(ASK, {"url": PAGE})
    jobs()
    assert as_rui.get(ASK, {"url": PAGE}).json()["cards"][PAGE]["title"] == "The plan"
