"""Images of published articles can only be changed by users who may publish."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article, Portrait
from articles.images import hooks
from articles.images.admin.forms import ImageForm
from articles.images.models import Image
from articles.pages.models import Page
from newsletter.models import Issue
from tests import newsroom
from tests.newsletter import factories

ALL = ["chief", "edna", "rui", "mina", "ola"]
MAY_PUBLISH = {"chief", "edna"}


def create_user() -> User:
    return User.objects.create_user("somebody@meridian.example")


def figure(image: Image) -> str:
    return f'<p>Before.</p><figure data-image="{image.pk}"><figcaption></figcaption></figure>'


def in_draft(image: Image) -> None:
    newsroom.draft(body=figure(image), lead_image=image)


def in_text(image: Image) -> None:
    newsroom.published(body=figure(image))


def in_gallery(image: Image) -> None:
    gallery = f"<figure data-gallery>{figure(image)[14:]}<figcaption></figcaption></figure>"
    newsroom.published(body=f"<p>Before.</p>{gallery}")


def leading(image: Image) -> None:
    newsroom.published(lead_image=image)


def scheduled(image: Image) -> None:
    article = newsroom.draft(lead_image=image)
    publishing.schedule(article, at=timezone.now() + timedelta(days=1), by=create_user())
    assert article.state == Article.State.SCHEDULED


def withdrawn(image: Image) -> None:
    article = newsroom.published(lead_image=image)
    publishing.unpublish(article, by=create_user())


def portrait(image: Image) -> None:
    Portrait.objects.create(author=newsroom.author("Ines Faro"), image=image)


def on_page(image: Image) -> None:
    Page.objects.create(title="About", path="about-us", body=figure(image), is_published=True)


def on_page_draft(image: Image) -> None:
    Page.objects.create(title="About", path="about-us", body=figure(image), is_published=False)


def nowhere(image: Image) -> None:
    pass


PUBLISHED = [in_text, in_gallery, leading, scheduled, portrait, on_page]
NOT_PUBLISHED = [nowhere, in_draft, withdrawn, on_page_draft]


@pytest.fixture
def image(db: None) -> Image:
    return newsroom.picture()


def sent(image: Image, **changes: Any) -> dict[str, Any]:
    """The full form data of an image as a browser would send it."""
    form = ImageForm(instance=image)
    data: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = form.initial.get(name, field.initial)
        if name.startswith("licence_") and name != "licence_url":
            data |= {f"{name}_0": "", f"{name}_1": ""}
        elif isinstance(value, bool):
            data |= {name: "on"} if value else {}
        elif name not in {"in_collections", "keywords"} and value is not None:
            data[name] = field.prepare_value(value)
    return {**data, "in_collections": [], "keywords": "", **changes}


CHANGES: dict[str, dict[str, Any]] = {
    "alt_text": {"alt_text": "Something else"},
    "caption": {"caption": "Something else"},
    "headline": {"headline": "Something else"},
    "credit": {"credit": "Someone else"},
    "licence_until": {"licence_until_0": "2001-01-01", "licence_until_1": "00:00"},
    "licence_from": {"licence_from_0": "2101-01-01", "licence_from_1": "00:00"},
    "focus_x": {"focus_x": "10"},
    "extended_description": {"extended_description": "Something else"},
    "usage_terms": {"usage_terms": "Something else"},
    "digital_source_type": {"digital_source_type": "digitalCapture"},
}


def values(image: Image) -> dict[str, Any]:
    found: dict[str, Any] = Image.objects.filter(pk=image.pk).values(*CHANGES)[0]
    return found


@pytest.mark.parametrize("use", PUBLISHED, ids=lambda use: use.__name__)
@pytest.mark.parametrize("who", ALL)
def test_only_users_who_may_publish_can_change_a_published_image(
    client: Client, image: Image, request: pytest.FixtureRequest, who: str, use: Any
) -> None:
    use(image)
    user = request.getfixturevalue(who)
    client.force_login(user)
    before = values(image)
    place = reverse("admin:articles_image_change", args=[image.pk])
    response = client.post(place, sent(image, alt_text="Something else", caption="Two words"))
    if who in MAY_PUBLISH:
        assert values(image)["alt_text"] == "Something else"
    else:
        assert response.status_code in {302, 403}
        assert values(image) == before


@pytest.mark.parametrize("use", NOT_PUBLISHED, ids=lambda use: use.__name__)
def test_a_reporter_can_change_an_unpublished_image(
    client: Client, image: Image, rui: User, use: Any
) -> None:
    use(image)
    client.force_login(rui)
    place = reverse("admin:articles_image_change", args=[image.pk])
    assert client.get(place).context["why_readonly"] == ""
    client.post(place, sent(image, alt_text="Something else"))
    assert values(image)["alt_text"] == "Something else"


@pytest.mark.parametrize("field", list(CHANGES))
def test_a_reporter_cannot_change_any_field_of_a_published_image(
    client: Client, image: Image, rui: User, edna: User, field: str
) -> None:
    leading(image)
    before = values(image)
    place = reverse("admin:articles_image_change", args=[image.pk])
    client.force_login(rui)
    assert client.post(place, sent(image, **CHANGES[field])).status_code == 403
    assert values(image) == before
    client.force_login(edna)
    client.post(place, sent(image, **CHANGES[field]))
    assert values(image)[field] != before[field]


def test_a_reporter_sees_the_fields_of_a_published_image_read_only_with_the_reason(
    client: Client, image: Image, rui: User
) -> None:
    leading(image)
    client.force_login(rui)
    page = client.get(reverse("admin:articles_image_change", args=[image.pk]))
    text = page.content.decode()
    read_only_reason = hooks.why_readonly(rui, image)
    assert "A quiet week at the strait" in read_only_reason
    assert read_only_reason in text
    assert image.alt_text in text
    assert 'name="alt_text"' not in text
    assert 'name="_save"' not in text
    assert 'name="seen"' not in text


def test_input_from_before_the_image_was_published_is_shown_again(
    client: Client, image: Image, rui: User
) -> None:
    client.force_login(rui)
    form = sent(image, caption="A caption of several words")
    leading(image)
    response = client.post(reverse("admin:articles_image_change", args=[image.pk]), form)
    assert response.status_code == 403
    assert "A caption of several words" in response.content.decode()
    assert hooks.why_readonly(rui, image) in response.content.decode()


@pytest.mark.parametrize("action", ["replace", "withdraw", "bulk_change", "delete"])
def test_no_other_permission_allows_changing_a_published_image(
    client: Client, image: Image, rui: User, action: str
) -> None:
    leading(image)
    rui.user_permissions.add(Permission.objects.get(codename=f"{action}_image"))
    client.force_login(rui)
    before = values(image)
    listing = reverse("admin:articles_image_changelist")
    if action == "replace":
        form = {"picture": newsroom.picture_file(width=400), "seen": image.checksum}
        client.post(reverse("admin:articles_image_replace", args=[image.pk]), form)
    elif action == "withdraw":
        form = {"reason": "The agency asked for it"}
        client.post(reverse("admin:articles_image_withdraw", args=[image.pk]), form)
    elif action == "delete":
        client.post(reverse("admin:articles_image_delete", args=[image.pk]), {"post": "yes"})
    else:
        ticked = {"action": "change_rights", "_selected_action": [image.pk], "expected": "1"}
        client.post(listing, {**ticked, "credit": "Someone else", "apply": "1"})
    saved = Image.objects.get(pk=image.pk)
    assert values(image) == before
    assert (saved.checksum, saved.withdrawn_at) == (image.checksum, None)


def test_an_image_in_a_scheduled_issue_is_read_only_for_a_reporter(
    image: Image, rui: User, edna: User
) -> None:
    issue = factories.issue(image=image)
    assert not hooks.why_readonly(rui, image)
    Issue.objects.filter(pk=issue.pk).update(
        state=Issue.State.SCHEDULED, send_at=timezone.now() + timedelta(hours=1)
    )
    assert hooks.why_readonly(rui, image)
    assert not hooks.why_readonly(edna, image)
