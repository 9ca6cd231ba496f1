"""Images without credit, alt text or valid licence block publishing."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article
from articles.editorial.versions import revisions
from articles.images.admin.views import ALREADY_WITHDRAWN
from articles.images.models import Agency, Image, ImageEvent
from newsletter.delivery import controls, sending, worker
from tests import newsroom
from tests.articles.editorial.admin.forms import send
from tests.newsletter import factories
from tests.newsroom import picture, published

pytestmark = pytest.mark.django_db

AGO, AHEAD = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(days=20)

FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no credit": ({"credit": ""}, "has no credit", "#id_credit"),
    "a credit of spaces": ({"credit": " \u00a0"}, "has no credit", "#id_credit"),
    "no words for the blind": ({"alt_text": " "}, "no alt text", "#id_alt_text"),
    "a licence that ended": ({"licence_until": AGO}, "expired on", "#id_licence_until_0"),
    "a licence to come": ({"licence_from": AHEAD}, "starts on", "#id_licence_from_0"),
    "withdrawn": (
        {"withdrawn_at": AGO, "withdrawn_reason": "Sued."},
        "was withdrawn (Sued)",
        "/change/",
    ),
    "mail only": (
        {"licensed_for_site": False},
        "not licensed for the site",
        "#id_licensed_for_site",
    ),
}


def using(image: Image, **fields: Any) -> Article:
    return newsroom.draft(body=f'<p>Words.</p><figure data-image="{image.pk}"></figure>', **fields)


@pytest.fixture(params=FAULTS, ids=str)
def fault(request: pytest.FixtureRequest) -> tuple[Image, str, str]:
    fields, message, anchor = FAULTS[request.param]
    image = newsroom.picture(headline="The quay", **fields)
    return image, message, anchor


def test_an_article_with_such_an_image_is_not_published_and_shows_a_link_to_fix_it(
    fault: tuple[Image, str, str], edna: User
) -> None:
    image, message, anchor = fault
    for article in (using(image), newsroom.draft(lead_image=image)):
        with pytest.raises(publishing.NotReady, match="The quay") as refusal:
            publishing.publish(article, by=edna)
        (blocker,) = refusal.value.blockers
        assert message in blocker.message
        assert blocker.url.startswith(f"/admin/articles/image/{image.pk}/change/")
        assert anchor in blocker.url


def test_the_link_to_fix_it_leads_to_an_existing_field(
    fault: tuple[Image, str, str], client: Client, edna: User
) -> None:
    image, _visible_text, _place = fault
    with pytest.raises(publishing.NotReady) as refusal:
        publishing.publish(using(image), by=edna)
    url, _, field = refusal.value.blockers[0].url.partition("#")
    client.force_login(edna)
    page = client.get(url)
    assert page.status_code == 200
    assert not field or f'id="{field}"' in page.content.decode()


def test_an_article_with_such_an_image_is_not_scheduled_either(
    fault: tuple[Image, str, str], edna: User
) -> None:
    image, _visible_text, _place = fault
    with pytest.raises(publishing.NotReady):
        publishing.schedule(using(image), by=edna, at=timezone.now() + timedelta(hours=1))


def test_an_article_scheduled_before_is_not_published_at_its_time(
    fault: tuple[Image, str, str], edna: User
) -> None:
    image, _visible_text, _place = fault
    sound = newsroom.picture()
    article = using(sound)
    publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    faulty = {f.attname: getattr(image, f.attname) for f in Image._meta.concrete_fields}
    Image.objects.filter(pk=sound.pk).update(**{k: v for k, v in faulty.items() if k != "id"})
    Article.objects.update(publish_at=timezone.now() - timedelta(minutes=1))
    assert publishing.publish_due() == 0
    assert Article.objects.overdue().get() == article


def test_such_an_image_cannot_be_added_to_a_published_article(
    fault: tuple[Image, str, str], edna: User
) -> None:
    image, message, _place = fault
    article = newsroom.published()
    article.body += f'<figure data-image="{image.pk}"></figure>'
    with pytest.raises(publishing.NotReady, match=r"The quay") as refusal:
        revisions.save(article, by=edna)
    assert message in str(refusal.value)
    article.refresh_from_db()
    assert "figure" not in article.body


def test_the_form_shows_the_blockers_with_links_and_keeps_the_input(edna: User) -> None:
    editor_client = Client()
    editor_client.force_login(edna)
    image = newsroom.picture(credit="", headline="The quay")
    article = newsroom.published("Ferries")
    url = f"/admin/articles/article/{article.pk}/change/"
    body = f'<p>Typed just now.</p><figure data-image="{image.pk}"></figure>'
    page = send(editor_client, url, "_publish", body=body).content.decode()
    assert f'href="/admin/articles/image/{image.pk}/change/#id_credit"' in page
    assert "Typed just now." in page
    article.refresh_from_db()
    assert "Typed" not in article.body


def test_a_licence_must_cover_the_scheduled_time(edna: User) -> None:
    article = using(newsroom.picture(licence_until=AHEAD, licence_from=AGO))
    with pytest.raises(publishing.NotReady, match="expires before publication"):
        publishing.schedule(article, by=edna, at=AHEAD + timedelta(minutes=1))
    publishing.schedule(article, by=edna, at=AHEAD - timedelta(minutes=1))


def test_an_old_article_needs_images_with_archive_rights(edna: User) -> None:
    article = using(newsroom.picture(licensed_for_archive=False))
    with pytest.raises(publishing.NotReady, match="older than 30 days"):
        publishing.publish(article, by=edna, at=timezone.now() - timedelta(days=40))


def test_a_published_article_with_an_expired_licence_can_be_edited(edna: User) -> None:
    image = newsroom.picture(licence_until=AHEAD)
    article = using(image)
    publishing.publish(article, by=edna)
    Image.objects.update(licence_until=AGO)
    article.body = article.body.replace("Words.", "Better words.")
    revisions.save(article, by=edna)
    assert Article.objects.published().get().body.startswith("<p>Better words.")


def test_a_decorative_image_needs_no_alt_text(edna: User) -> None:
    publishing.publish(using(newsroom.picture(alt_text="", is_decorative=True)), by=edna)
    assert Article.objects.published().exists()


def test_the_panel_beside_the_form_lists_blockers_with_links(edna: User) -> None:
    editor_client = Client()
    editor_client.force_login(edna)
    image = newsroom.picture(alt_text="")
    article = using(image)
    led_by = newsroom.picture()
    issue = factories.issue("What moved", newsroom.published("Led", lead_image=led_by))
    Image.objects.update(alt_text="")
    for page, other_image in (
        (f"/admin/articles/article/{article.pk}/change/", image),
        (f"/admin/newsletter/issue/{issue.pk}/send/", led_by),
    ):
        link = f'href="/admin/articles/image/{other_image.pk}/change/#id_alt_text"'
        assert link in editor_client.get(page).content.decode()


def test_usage_terms_are_shown_in_the_article_form(edna: User) -> None:
    editor_client = Client()
    editor_client.force_login(edna)
    article = using(newsroom.picture(usage_terms="Not on covers."))
    page = editor_client.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
    assert "Not on covers." in page


OF_MAIL = {
    **{
        name: FAULTS[name]
        for name in ("no words for the blind", "a licence that ended", "withdrawn")
    },
    "not for mail": (
        {"licensed_for_newsletter": False},
        "not licensed for the newsletter",
        "#id_licensed_for_newsletter",
    ),
}


@pytest.mark.parametrize("name", OF_MAIL)
def test_an_issue_with_such_an_image_is_not_sent(name: str, edna: User) -> None:
    fields, message, anchor = OF_MAIL[name]
    article = newsroom.published(lead_image=newsroom.picture())
    factories.subscriber("ola@readers.example")
    issue = factories.issue("What moved", article)
    Image.objects.update(**fields)
    with pytest.raises(sending.NotReady, match=re.escape(message)) as refusal:
        sending.start(issue, by=edna)
    assert anchor in refusal.value.blockers[0].url


def test_a_delivery_pauses_when_a_licence_expires(edna: User) -> None:
    article = newsroom.published(lead_image=factories.mail_image())
    factories.subscriber("ola@readers.example")
    issue = factories.issue("What moved", article)
    sending.start(issue, by=edna)
    Image.objects.update(licence_until=AGO)
    assert worker.deliver_batch(issue.pk) == 0
    issue.refresh_from_db()
    assert issue.state == "paused"
    assert "may no longer be sent by e-mail" in issue.error
    with pytest.raises(controls.NotNow, match="Fix this in the image library"):
        controls.resume(issue, by=edna)
    Image.objects.update(licence_until=AHEAD)
    controls.resume(issue, by=edna)
    assert worker.deliver_batch(issue.pk) == 1


def test_usage_terms_are_shown_before_an_issue_is_sent(edna: User) -> None:
    editor_client = Client()
    editor_client.force_login(edna)
    agency = Agency.objects.create(name="Quay", credit_text="via Quay", usage_terms="Once a week.")
    image = factories.mail_image(usage_terms="Not on covers.", agency=agency)
    issue = factories.issue("What moved", newsroom.published(lead_image=image))
    for page in ("preview", "send"):
        message = editor_client.get(f"/admin/newsletter/issue/{issue.pk}/{page}/").content.decode()
        assert "Not on covers." in message
        assert "Once a week." in message


def test_articles_are_published_only_by_the_publishing_functions() -> None:
    """Commands, importers and jobs cannot skip the check, because nothing else sets the state."""
    root = Path(settings.BASE_DIR)
    writes = re.compile(r"state\s*=\s*(Article\.State\.PUBLISHED|\"published)")
    asks = re.compile(r"(filter|exclude|Q|condition|get)\([^()]*$")
    found = {
        str(path.relative_to(root))
        for house in ("articles", "newsletter", "iria", "accounts")
        for path in (root / house).rglob("*.py")
        if "migrations" not in path.parts
        for text in [path.read_text()]
        for at in writes.finditer(text)
        if not asks.search(text[: at.start()])
    }
    scratch = {"iria/lab/evaluation/search/runner.py", "iria/lab/evaluation/related/loading.py"}
    # Evaluations use their own schema.
    assert found - scratch == {"articles/editorial/publishing.py"}


LIBRARY = "/admin/articles/image/"


def test_a_withdrawn_image_is_hidden_everywhere_and_can_be_restored(
    client: Client, edna: User
) -> None:
    image = picture()
    published(headline="Ships at dusk", lead_image=image)
    client.force_login(edna)
    url = f"{LIBRARY}{image.pk}/withdraw/"
    assert "the article “Ships at dusk”" in client.get(url).content.decode()
    client.post(url, {"reason": "The agency asked for it"})
    image.refresh_from_db()
    assert not image.may_be_shown
    page = client.get(url).content.decode()
    assert "The agency asked for it" in page
    assert 'name="action" value="restore"' in page
    client.post(url, {"action": "restore"})
    image.refresh_from_db()
    assert image.may_be_shown
    data = ImageEvent.objects.order_by("pk").values_list("action", "after", "created_by")
    assert list(data) == [
        ("withdrawn", "The agency asked for it", edna.pk),
        ("restored", "", edna.pk),
    ]


def test_withdrawing_a_withdrawn_image_does_not_restore_it(
    client: Client, edna: User, chief: User
) -> None:
    image = picture()
    url = f"{LIBRARY}{image.pk}/withdraw/"
    for who, reason in ((edna, "The agency asked for it"), (chief, "Somebody in it asked for it")):
        client.force_login(who)
        assert 'name="action" value=' in client.get(url).content.decode()
        response = client.post(url, {"action": "withdraw", "reason": reason}, follow=True)
    assert ALREADY_WITHDRAWN in response.content.decode()
    image.refresh_from_db()
    assert not image.may_be_shown
    assert image.withdrawn_reason == "The agency asked for it"
    assert [event.action for event in ImageEvent.objects.all()] == ["withdrawn"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_without_a_valid_reason_it_is_not_withdrawn(
    client: Client, edna: User, reason: str
) -> None:
    image = picture()
    client.force_login(edna)
    page = client.post(f"{LIBRARY}{image.pk}/withdraw/", {"reason": reason}).content.decode()
    assert "errorlist" in page
    image.refresh_from_db()
    assert image.may_be_shown


def test_a_reporter_cannot_withdraw_images(client: Client, rui: User) -> None:
    image = picture()
    client.force_login(rui)
    assert client.get(f"{LIBRARY}{image.pk}/withdraw/").status_code == 403
