"""E-mails have the publication's logo and accent colours."""

import re
from io import BytesIO

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone
from lxml import html as lxml_html
from PIL import Image as Pixels

from iria.publication import colours, logos
from iria.publication import mail as mail_rendering
from iria.publication.colours import contrast, nearest_readable
from iria.publication.models import Publication, current_publication
from newsletter import subscription_emails
from newsletter.email import rendering
from newsletter.email.rendering import RenderedEmail
from newsletter.models import Consent, Newsletter, Subscriber
from tests.conftest import MailFolder
from tests.newsletter.factories import issue

pytestmark = pytest.mark.django_db

RED, PINK = "#9c1c2e", "#f0a0a8"


@pytest.fixture
def publication(db: None) -> Publication:
    draft = current_publication()
    draft.name, draft.accent, draft.accent_dark = "Meridian Review", RED, PINK
    draft.save()
    return draft


def with_logo(publication: Publication, field: str = "logo") -> None:
    buffer = BytesIO()
    Pixels.new("RGB", (400, 100), "black").save(buffer, "PNG")
    logos.assign(publication, field, logos.draw_logo(buffer.getvalue()))
    publication.save()


def rendered() -> RenderedEmail:
    return rendering.compose(issue())


def test_links_and_buttons_have_the_accent_in_both_schemes(publication: Publication) -> None:
    html = rendered().html
    assert f"color: {RED}" in html
    assert f"{PINK} !important" in html
    assert mail_rendering.ACCENT not in html
    assert mail_rendering.ACCENT_DARK not in html


def test_without_an_accent_mails_have_the_default_one(db: None) -> None:
    html = rendered().html
    assert mail_rendering.ACCENT in html
    assert mail_rendering.ACCENT_DARK in html


@pytest.mark.parametrize("colour", ["#ff0000", "#00ff00", "#2040ff", "#ffff00", "#777777"])
def test_button_text_is_readable_on_any_accent(colour: str) -> None:
    light = nearest_readable(colour, colours.LIGHT_PAPERS, colours.MIN_CONTRAST)
    rules = mail_rendering.stylesheet(light, colours.for_dark(light))
    pairs = re.findall(
        r"\.button \{[^}]*background-color: (#\w{6})[^}]*?[; ]color: (#\w{6})", rules
    )
    assert len(pairs) == 2
    for paper, text in pairs:
        assert contrast(paper, text) >= 4.5, (paper, text)


def test_the_logo_replaces_the_name_and_has_it_as_alt_text(publication: Publication) -> None:
    with_logo(publication)
    draft = rendered()
    (logo,) = lxml_html.document_fromstring(draft.html).xpath("//a/img[contains(@class, 'logo')]")
    assert logo.get("alt") == "Meridian Review"
    assert logo.get("src").startswith(f"{settings.SITE_URL}/emblem/")
    assert (logo.get("width"), logo.get("height")) == ("176", "44")
    assert "emblem" not in draft.text
    assert "Meridian Review" in draft.text


def test_a_dark_logo_replaces_the_other_in_dark_mode(publication: Publication) -> None:
    with_logo(publication)
    with_logo(publication, "logo_dark")
    light, dark = lxml_html.document_fromstring(rendered().html).xpath(
        "//a/img[contains(@class, 'logo')]"
    )
    assert dark.get("alt") == ""
    assert "display: none" in dark.get("style")
    assert "display: none" not in (light.get("style") or "")


def test_subscription_mails_have_the_same_branding(
    publication: Publication, mail_folder: MailFolder
) -> None:
    with_logo(publication)
    consent = Consent.objects.create(
        subscriber=Subscriber.objects.get_or_create_locked("ola@readers.example"),
        wording="Yes",
        source_url="/",
        asked_at=timezone.now(),
    )
    consent.newsletters.set(Newsletter.objects.all()[:1])
    subscription_emails.answer(consent.pk)
    (message,) = mail_folder.all()
    html = message.get_body(("html",))
    assert html is not None
    assert RED in html.get_content()
    assert "/emblem/" in html.get_content()


def test_the_preview_has_the_same_colours_in_a_stylesheet(
    publication: Publication, client: Client
) -> None:
    html = rendering.preview(issue())
    (address,) = re.findall(r'rel="stylesheet"\s+href="([^"]+)"', html)
    response = client.get(address)
    assert response.headers["Content-Type"].startswith("text/css")
    assert RED in response.content.decode()
    assert client.get("/newsletter/email-123-456.css").status_code == 404


def test_the_accent_of_the_stylesheet_is_replaced() -> None:
    path = finders.find("css/mail/email.css")
    assert isinstance(path, str)
    rules = mail_rendering.stylesheet(RED, PINK)
    assert len(re.findall(RED, rules)) == 3
    assert len(re.findall(PINK, rules)) == 2
