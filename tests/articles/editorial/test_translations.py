"""Articles linked as translations of each other."""

import re

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from articles.editorial import publishing, translations
from articles.editorial.models import Article, TranslationGroup
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, errors_on, send, visible_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def english() -> Article:
    return newsroom.published("A quiet week", language="en")


@pytest.fixture
def french() -> Article:
    return newsroom.published("Une semaine calme", language="fr")


def test_an_article_linked_to_one_translation_is_linked_to_all(
    english: Article, french: Article
) -> None:
    arabic = newsroom.published("أسبوع هادئ", language="ar")
    translations.link(french, english)
    english.refresh_from_db()
    translations.link(arabic, english)
    assert {each.language for each in translations.translations_of(french)} == {"en", "ar"}
    translations.link(arabic, english)
    assert TranslationGroup.objects.count() == 1
    translations.link(french, None)
    assert [each.language for each in translations.translations_of(arabic)] == ["en"]
    translations.link(arabic, None)
    assert not TranslationGroup.objects.exists()


def test_a_translation_group_has_one_article_per_language(
    english: Article, french: Article
) -> None:
    second = newsroom.published("Encore une semaine", language="fr")
    translations.link(french, english)
    english.refresh_from_db()
    with pytest.raises(translations.LanguageTaken):
        translations.link(second, english)
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=second.pk).update(translation_group=english.translation_group)


def test_readers_and_machines_see_the_translations(
    client: Client, english: Article, french: Article, edna: User
) -> None:
    translations.link(french, english)
    page = client.get(english.get_absolute_url()).content.decode()
    there = french.get_absolute_url()
    assert re.search(rf'<a href="{there}"\s+lang="fr"\s+hreflang="fr"', page)
    assert ">Français</a>" in page
    for article in (english, french):
        html = client.get(article.get_absolute_url()).content.decode()
        head = html.partition("</head>")[0]
        assert f'hreflang="en" href="{settings.SITE_URL}{english.get_absolute_url()}"' in head
        assert f'hreflang="fr" href="{settings.SITE_URL}{there}"' in head
    assert "Aussi en" in html
    publishing.unpublish(french, by=edna)
    page = client.get(english.get_absolute_url()).content.decode()
    assert there not in page
    assert "hreflang" not in page.partition("</head>")[0]


def test_an_editor_links_a_translation_by_its_headline(
    client: Client, edna: User, english: Article, french: Article
) -> None:
    client.force_login(edna)
    url = change_url(french)
    assert f'<option value="A quiet week [{english.pk}]">' in client.get(url).content.decode()
    page = send(client, url, "_publish", translation_of="A quiet week")
    assert translations.translations_of(Article.objects.get(pk=french.pk)) == [english]
    assert "A quiet week (English)" in visible_text(page)
    send(client, url, "_publish", translation_of="")
    assert translations.translations_of(Article.objects.get(pk=french.pk)) == []


def test_a_second_version_in_one_language_is_rejected_with_an_error(
    client: Client, edna: User, english: Article, french: Article
) -> None:
    translations.link(french, english)
    second = newsroom.draft("Encore une semaine", language="fr")
    client.force_login(edna)
    page = send(client, change_url(second), translation_of="A quiet week")
    (sentence,) = errors_on(page)
    assert "“Une semaine calme”" in sentence
    assert 'value="A quiet week"' in page.content.decode()
    page = send(client, change_url(second), translation_of="Encore une semaine")
    assert len(errors_on(page)) == 1


def test_a_reporter_cannot_link_the_draft_of_another_user(
    client: Client, edna: User, rui: User, english: Article
) -> None:
    secret = newsroom.draft("What nobody may know yet", language="en", by=edna)
    own = newsroom.draft("Une semaine à moi", language="fr", by=rui)
    client.force_login(rui)
    page = client.get(change_url(own)).content.decode()
    assert "A quiet week" in page
    assert "What nobody may know yet" not in page
    page = send(client, change_url(own), translation_of=f"x [{secret.pk}]")
    assert f"x [{secret.pk}]" in errors_on(page)[0]
    assert "What nobody may know yet" not in page.content.decode()
    assert not TranslationGroup.objects.exists()


def test_language_and_translation_may_change_together(
    client: Client, edna: User, english: Article, french: Article
) -> None:
    translations.link(french, english)
    client.force_login(edna)
    page = send(client, change_url(french), "_publish", language="en", translation_of="")
    assert errors_on(page) == []
    french.refresh_from_db()
    assert (french.language, french.translation_group) == ("en", None)


def test_a_translation_in_a_changed_language_stays_linked(
    client: Client, edna: User, english: Article, french: Article
) -> None:
    translations.link(french, english)
    client.force_login(edna)
    send(client, change_url(french), language="de")
    french.refresh_from_db()
    assert [each.headline for each in translations.translations_of(french)] == ["A quiet week"]
