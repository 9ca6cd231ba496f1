"""Articles on the dashboard of the admin."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.admin import dashboard
from articles.editorial.admin.dashboard import pending_articles, plan
from articles.editorial.models import Article
from articles.editorial.versions import drafts
from iria.publication.models import Publication
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, send, visible_text


def test_an_editor_sees_pending_items_that_link_to_their_lists(
    client: Client, edna: User, rui: User
) -> None:
    newsroom.draft("Edna's", by=edna)
    newsroom.draft("Rui's", by=rui)
    newsroom.draft("Nobody's")
    overdue, soon = newsroom.draft("Held", by=edna), newsroom.draft("Soon", by=edna)
    for article in (overdue, soon):
        publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    Article.objects.filter(pk=overdue.pk).update(publish_at=timezone.now(), body="")
    publishing.publish_due()
    client.force_login(edna)
    assert [item.count for item in pending_articles(edna)] == [1, 2, 2]
    html = client.get("/admin/").content.decode()
    assert change_url(overdue) in html
    assert visible_text(client.get("/admin/articles/article/?whose=held")).count("Held") >= 1


def test_the_plan_shows_articles_and_changes_by_day(edna: User) -> None:
    soon, later = newsroom.draft("Soon", by=edna), newsroom.draft("Later", by=edna)
    now = timezone.now()
    publishing.schedule(later, by=edna, at=now + timedelta(days=3))
    publishing.schedule(soon, by=edna, at=now + timedelta(days=1))
    live = newsroom.published("Live", at=now - timedelta(days=2))
    drafts.save(live, {"headline": "Live, changed"}, by=edna)
    publishing.schedule_changes(live, by=edna, at=now + timedelta(days=2))
    panel = plan(edna)
    assert panel is not None
    lines = [line for _, _, lines in panel.context["days"] for line in lines]
    assert [(line.article, line.kind) for line in lines] == [
        (soon, "scheduled"),
        (live, "changes"),
        (later, "scheduled"),
    ]
    assert len(panel.context["days"]) == 3


def test_a_day_with_many_articles_leaves_room_for_what_is_scheduled(
    edna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard, "MAX_LIVE", 1)
    monkeypatch.setattr(dashboard, "MAX_PLANNED", 2)
    newsroom.published("Earlier")
    newest, soon = newsroom.published("Newest"), newsroom.draft("Soon", by=edna)
    publishing.schedule(soon, by=edna, at=timezone.now() + timedelta(days=1))
    panel = plan(edna)
    assert panel is not None
    lines = [line.article for _, _, lines in panel.context["days"] for line in lines]
    assert lines == [newest, soon]


def test_without_plans_there_is_no_plan(edna: User) -> None:
    assert plan(edna) is None


def test_the_dashboard_costs_few_queries_whatever_it_lists(
    client: Client, edna: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(4):
        newsroom.published(f"Number {number}", authors=[newsroom.author(f"Author {number}")])
    client.force_login(edna)
    client.get("/admin/")
    with django_assert_max_num_queries(33):
        client.get("/admin/")


def test_a_reporter_sees_only_their_own_articles(edna: User, rui: User) -> None:
    newsroom.draft("Rui's", by=rui)
    newsroom.draft("Edna's", by=edna)
    assert [item.count for item in pending_articles(rui)] == [1]


def test_an_editor_without_articles_has_nothing_pending(edna: User) -> None:
    assert pending_articles(edna) == []


def test_the_admin_shows_the_publications_name_and_time(client: Client, edna: User) -> None:
    Publication(name="Meridian Review", time_zone="Asia/Karachi").save()
    article = newsroom.draft(by=edna)
    client.force_login(edna)
    text = visible_text(client.get("/admin/"))
    assert "Meridian Review" in text
    page = send(client, change_url(article), "_schedule", schedule_for="2090-06-01T09:30")
    assert "1 June 2090, 09:30" in visible_text(page)
    assert timezone.get_current_timezone_name() == "UTC"


def test_tags_are_listed_among_the_article_models(client: Client, edna: User) -> None:
    client.force_login(edna)
    assert "Taggit" not in visible_text(client.get("/admin/"))


def test_an_editor_signs_in_with_an_email_on_the_admin_login_page(
    client: Client, edna: User
) -> None:
    from tests.conftest import PASSWORD

    page = client.post(
        "/admin/login/?next=/admin/", {"username": edna.email, "password": PASSWORD}, follow=True
    )
    assert page.redirect_chain[-1][0] == "/admin/"
    assert page.status_code == 200
