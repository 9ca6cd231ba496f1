"""Only roles that may publish can change public content, for every model of the admin."""

from typing import Any, Final

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import AuthorProfile, User
from articles.editorial.models import Article, RelatedPick
from articles.files.models import File
from articles.images.models import Image, Photographer
from tests import newsroom
from tests.articles.files import samples

ALLOWED: Final = {
    # Names for groups of images in the admin; no page shows them.
    ("rui", "articles.collection", "change"),
    # Moderators manage comments, bans and their rules.
    *(("mina", f"articles.{model}", "change") for model in ("comment", "ban", "screeningrule")),
    *(
        ("mina", f"articles.{model}", action)
        for model in ("rejectionreason", "screenedword")
        for action in ("change", "delete")
    ),
}
"""User, model and action: exceptions that do not change public content directly."""


@pytest.fixture
def published(db: None) -> Article:
    """A published article with an image, a file, an author, a tag and a related article."""
    image = newsroom.picture(caption="A crane")
    article = newsroom.published(
        "Out",
        lead_image=image,
        authors=[newsroom.author("Ines Faro")],
        tags=["shipping"],
        body=f"<p>The tables are out.</p>{samples.markup(samples.file())}",
    )
    RelatedPick.objects.create(article=article, picked=newsroom.published("Another"), position=0)
    return article


def example(model: type[Model], published: Article) -> Model | None:
    if model is Article:
        return published
    if model is File:
        return published.attachments.get().file
    return published.lead_image if model is Image else None


@pytest.mark.parametrize("action", ["change", "delete"])
@pytest.mark.parametrize("who", ["rui", "mina"])
def test_roles_that_may_not_publish_cannot_change_public_content(
    published: Article, request: pytest.FixtureRequest, who: str, action: str
) -> None:
    admin_request: Any = RequestFactory().get("/admin/")
    admin_request.user = request.getfixturevalue(who)
    allowed = {
        (who, model._meta.label_lower, action)
        for model, site in admin.site._registry.items()
        if getattr(site, f"has_{action}_permission")(admin_request, example(model, published))
    }
    assert allowed - ALLOWED == set()


def test_the_exceptions_name_models_of_the_admin() -> None:
    known = {model._meta.label_lower for model in admin.site._registry}
    assert {model for _, model, _ in ALLOWED} <= known


@pytest.mark.parametrize("is_own", [False, True])
def test_a_reporter_cannot_change_a_published_article(
    client: Client, published: Article, rui: User, is_own: bool
) -> None:
    """Not even their own article, nor its bylines, tags, categories, related articles or corrections."""
    if is_own:
        Article.objects.filter(pk=published.pk).update(created_by=rui)
    page = published.get_absolute_url()
    before = client.get(page).content
    client.force_login(rui)
    url = reverse("admin:articles_article_change", args=[published.pk])
    form = {
        "headline": "Changed",
        "body": "<p>Changed</p>",
        "related_picks-TOTAL_FORMS": "1",
        "related_picks-INITIAL_FORMS": "0",
        "corrections-TOTAL_FORMS": "1",
        "corrections-INITIAL_FORMS": "0",
        "corrections-0-text": "Changed",
    }
    assert client.post(url, form).status_code == 403
    assert Client().get(page).content == before


def test_a_reporter_cannot_change_author_pages(client: Client, rui: User) -> None:
    """Not even their own, since it is public."""
    own = AuthorProfile.objects.create(name="Rui Tavares", slug="rui-tavares", user=rui)
    client.force_login(rui)
    url = reverse("admin:accounts_authorprofile_change", args=[own.pk])
    assert client.post(url, {"name": "R. T.", "slug": "r-t"}).status_code == 403
    assert AuthorProfile.objects.get(pk=own.pk).name == "Rui Tavares"


def test_a_reporter_cannot_change_a_photographer(client: Client, rui: User) -> None:
    photographer = Photographer.objects.create(name="Ines Faro")
    client.force_login(rui)
    url = reverse("admin:articles_photographer_change", args=[photographer.pk])
    assert client.post(url, {"name": "Somebody Else"}).status_code == 403
    photographer.refresh_from_db()
    assert photographer.name == "Ines Faro"
