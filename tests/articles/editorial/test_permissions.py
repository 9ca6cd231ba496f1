"""Who may see, change and publish which article."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import AuthorProfile, User
from articles.editorial import permissions
from articles.editorial.models import Article
from tests import newsroom


def test_an_editor_may_change_everything(edna: User, rui: User) -> None:
    assert permissions.may_change(edna, newsroom.draft(by=rui))
    assert permissions.may_change(edna, newsroom.published(by=rui))
    assert permissions.may_publish(edna)


def test_a_reporter_may_change_only_their_own_articles(edna: User, rui: User) -> None:
    profile = AuthorProfile.objects.create(name="Rui Tavares", slug="rui", user=rui)
    assert permissions.may_change(rui, newsroom.draft("Begun by Rui", by=rui))
    assert permissions.may_change(rui, newsroom.draft("Signed", by=edna, authors=[profile]))
    assert not permissions.may_change(rui, newsroom.draft("Edna's own", by=edna))
    assert not permissions.may_publish(rui)


@pytest.mark.parametrize("state", ["scheduled", "published"])
def test_a_reporter_cannot_publish_by_editing(rui: User, state: str) -> None:
    article = newsroom.published(by=rui)
    Article.objects.update(state=state, publish_at=timezone.now())
    article.refresh_from_db()
    assert not permissions.may_change(rui, article)


def test_lists_contain_exactly_the_articles_that_a_user_may_see(
    edna: User, rui: User, mina: User, ola: User
) -> None:
    profile = AuthorProfile.objects.create(name="Rui Tavares", slug="rui", user=rui)
    newsroom.draft("Rui's draft", by=rui)
    newsroom.draft("Signed twice", by=edna, authors=[profile, newsroom.author("Ines Faro")])
    newsroom.draft("Edna's draft", by=edna)
    newsroom.published("Out", by=edna)
    for user in (edna, rui, mina):
        seen = permissions.visible_to(user, Article.objects.all())
        assert list(seen.order_by("pk")) == [
            article
            for article in Article.objects.order_by("pk")
            if permissions.may_see(user, article)
        ]
    assert permissions.visible_to(rui, Article.objects.all()).count() == 3
    assert permissions.visible_to(mina, Article.objects.all()).count() == 1


def test_readers_and_anonymous_users_may_do_nothing(ola: User) -> None:
    article = newsroom.published()
    for person in (ola, AnonymousUser()):
        assert not permissions.may_see(person, article)
        assert not permissions.may_change(person, article)
        assert not permissions.may_publish(person)
