"""Links to files by id."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.checklist import NotReady
from articles.files.models import File
from articles.images.hooks import uses_of
from articles.images.library import editing
from articles.links.models import InternalLink
from articles.links.saving import refer
from tests import newsroom
from tests.articles.files import samples
from tests.articles.links.texts import linking_to, page

pytestmark = pytest.mark.django_db

LINKS = reverse("admin:articles_article_links")


def test_the_link_dialog_finds_files_by_their_titles(client: Client, edna: User) -> None:
    file = samples.file(title="Tide tables 2027")
    client.force_login(edna)
    (group,) = client.get(LINKS, {"q": "tables tide"}).json()["groups"]
    assert group["label"] == "Files"
    (found,) = group["targets"]
    assert found["reference"] == f"internal:file/{file.pk}"
    assert found["url"] == file.get_absolute_url()


def test_a_link_to_a_file_leads_readers_to_it(client: Client) -> None:
    file = samples.file()
    article = newsroom.published(body=linking_to(f"internal:file/{file.pk}"))
    shown = client.get(article.get_absolute_url()).content.decode()
    assert f'<a href="{file.get_absolute_url()}">the vote</a>' in shown


def test_the_url_of_a_file_becomes_a_reference() -> None:
    file = samples.file()
    text = linking_to(file.get_absolute_url())
    assert f'href="internal:file/{file.pk}"' in refer(text)
    assert refer(linking_to("/files/unknown.pdf")) == linking_to("/files/unknown.pdf")


@pytest.mark.parametrize("why", ["credit", "licence", "deleted"])
def test_a_link_to_a_file_that_readers_may_not_have_blocks_publishing(
    why: str, edna: User, client: Client
) -> None:
    file = samples.file()
    article = newsroom.draft(body=linking_to(f"internal:file/{file.pk}"))
    if why == "deleted":
        File.objects.filter(pk=file.pk).delete()
    elif why == "credit":
        File.objects.update(credit="")
    else:
        File.objects.update(licence_until=timezone.now() - timedelta(hours=1))
    with pytest.raises(NotReady):
        publishing.publish(article, by=edna)


def test_a_linked_file_is_in_use_and_not_deleted() -> None:
    file = samples.file()
    body = linking_to(f"internal:file/{file.pk}")
    article = newsroom.published("Tides", body=body)
    page(body=body)
    assert len(uses_of(file)) == 2
    with pytest.raises(editing.StillUsed):
        editing.delete(file)
    assert File.objects.filter(File.objects.in_use()).get() == file
    article.delete()
    InternalLink.objects.all().delete()
    editing.delete(file)


def test_a_file_with_an_ended_licence_is_text_until_it_is_extended(client: Client) -> None:
    file = samples.file()
    article = newsroom.published(body=linking_to(f"internal:file/{file.pk}"))
    File.objects.update(licence_until=timezone.now())
    shown = client.get(article.get_absolute_url()).content.decode()
    assert file.get_absolute_url() not in shown
    assert "the vote" in shown
