"""Links of issues to articles and pages by reference."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from articles.editorial import publishing, trash
from articles.editorial.internal_links import NAME, linked_from
from articles.editorial.models import Article
from articles.editorial.versions import revisions
from newsletter import preflight
from newsletter.delivery import blockers, sending
from newsletter.digests import composition
from newsletter.email import drafts, editor_html, rendering
from newsletter.models import Frequency, Issue
from tests import newsroom
from tests.articles.editorial.admin.forms import visible_text
from tests.articles.links.texts import linking_to, page, target
from tests.newsletter.admin_pages import ADD, issue_form_data
from tests.newsletter.digest_rules import OLA, hours_ago, rule
from tests.newsletter.factories import chose, issue, mail_image, subscriber

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]


@pytest.fixture
def vote() -> Article:
    return target()


def saved(edna: User, **texts: Any) -> Issue:
    """A draft with these texts, as the form saves it."""
    draft = issue("What moved")
    for name, text in texts.items():
        setattr(draft, name, text)
    drafts.save(draft, None, by=edna)
    return draft


def move(article: Article, by: User) -> str:
    """Changes the slug; returns the former URL."""
    former = article.get_absolute_url()
    article.slug = "mussels"
    revisions.save(article, by=by)
    return former


def test_links_are_stored_as_references_and_recorded(vote: Article, edna: User) -> None:
    about = page()
    draft = saved(
        edna,
        introduction=linking_to(f"{vote.get_absolute_url()}#votes"),
        closing=linking_to("/about/"),
        image_caption=f'<a href="internal:article/{vote.pk}">Farms</a>',
    )
    draft.refresh_from_db()
    assert draft.introduction == linking_to(f"internal:article/{vote.pk}#votes")
    assert draft.closing == linking_to(f"internal:page/{about.pk}")
    rows = draft.internal_links.values_list("target_kind", "target_id")
    assert set(rows) == {("article", vote.pk), ("page", about.pk)}
    draft.closing = draft.image_caption = ""
    drafts.save(draft, None, by=edna)
    assert set(rows.all()) == {("article", vote.pk)}


def test_the_form_submitted_twice_creates_one_draft(
    vote: Article, client: Client, edna: User
) -> None:
    client.force_login(edna)
    data = issue_form_data(vote, introduction=linking_to(vote.get_absolute_url()))
    for _ in range(2):
        client.post(ADD, data)
    assert Issue.objects.count() == 1


def test_the_e_mail_follows_an_article_until_it_is_sent(
    vote: Article, client: Client, edna: User
) -> None:
    subscriber()
    caption = linking_to(f"{vote.get_absolute_url()}#caption")
    draft = saved(
        edna,
        introduction=linking_to(f"{vote.get_absolute_url()}#votes"),
        image=mail_image(),
        image_caption=caption,
    )
    former = move(vote, edna)
    rendered = rendering.compose(draft)
    for text in (rendered.html, rendered.text, rendering.preview(draft)):
        assert f"{vote.get_absolute_url()}#votes" in text
        assert former not in text
    sending.start(draft, by=edna)
    draft.refresh_from_db()
    assert f"{vote.get_absolute_url()}#votes" in draft.sent_text
    vote.slug = "shells"
    revisions.save(vote, by=edna)
    for path in (draft.get_absolute_url(), "/newsletter/", "/newsletter/issues/feed/"):
        html = client.get(path).content.decode()
        assert f"{vote.get_absolute_url()}#votes" in html, path
        assert "internal:" not in html
    assert (
        f"{vote.get_absolute_url()}#caption"
        in client.get(draft.get_absolute_url()).content.decode()
    )


def test_a_link_of_a_sent_issue_is_text_when_its_article_is_unpublished(
    vote: Article, client: Client, edna: User
) -> None:
    subscriber()
    draft = saved(edna, introduction=linking_to(vote.get_absolute_url(), text="the vote"))
    sending.start(draft, by=edna)
    publishing.unpublish(vote, by=edna)
    html = client.get(draft.get_absolute_url()).content.decode()
    assert "<p>More about the vote.</p>" in html


def test_texts_without_references_cost_no_query(edna: User, django_assert_num_queries: Any) -> None:
    draft = saved(edna, introduction=linking_to("https://example.org/"))
    with django_assert_num_queries(0):
        editor_html.show_urls([draft])
    assert editor_html.hidden_links_of(draft) == []


@pytest.mark.parametrize("href", ["internal:x", "internal:article/0", " INTERNAL:article/12"])
def test_a_malformed_reference_is_removed(href: str) -> None:
    assert "internal" not in editor_html.clean(linking_to(href)).lower()


def test_a_forgotten_reference_is_text(vote: Article) -> None:
    html = linking_to(f"internal:article/{vote.pk}")
    assert editor_html.safe(html) == "<p>More about the vote.</p>"
    assert (
        editor_html.with_absolute_urls(html, "https://example.org") == "<p>More about the vote.</p>"
    )


# “Linked from”


def test_the_form_of_an_article_lists_the_issues_with_a_link(
    vote: Article, client: Client, edna: User
) -> None:
    subscriber()
    draft = saved(edna, introduction=linking_to(vote.get_absolute_url()))
    newsroom.draft("Farms", body=linking_to(vote.get_absolute_url()))
    (article, source) = linked_from(NAME, [vote.pk], user=edna).sources
    assert article.title == "Farms"
    assert (source.title, source.is_published) == (f"Newsletter “{draft}”", False)
    client.force_login(edna)
    html = client.get(vote.get_admin_url()).content.decode()
    assert reverse("admin:newsletter_issue_change", args=[draft.pk]) in html
    assert linked_from(NAME, [vote.pk], user=edna, published=True).sources == []
    sending.start(draft, by=edna)
    (source,) = linked_from(NAME, [vote.pk], user=edna, published=True).sources
    assert source.is_published
    confirmation = client.get(reverse("admin:articles_article_unpublish", args=[vote.pk]))
    assert str(draft) in visible_text(confirmation)


def test_users_who_may_not_see_issues_do_not_learn_of_them(
    vote: Article, rui: User, edna: User
) -> None:
    saved(edna, introduction=linking_to(vote.get_absolute_url()))
    assert linked_from(NAME, [vote.pk], user=rui).sources == []
    rui.user_permissions.add(Permission.objects.get(codename="view_issue"))
    rui = User.objects.get(pk=rui.pk)
    assert len(linked_from(NAME, [vote.pk], user=rui).sources) == 1


# Checks before sending


def test_a_link_to_an_unpublished_article_blocks_sending_and_names_it(
    vote: Article, edna: User
) -> None:
    subscriber()
    draft = saved(edna, closing=linking_to(vote.get_absolute_url(), text="here"))
    assert blockers.blockers(draft) == []
    publishing.unpublish(vote, by=edna)
    (finding,) = blockers.blockers(draft)
    assert str(vote) in str(finding)
    assert finding.url.endswith("#id_closing")
    with pytest.raises(sending.NotReady):
        sending.start(draft, by=edna)
    publishing.publish(vote, by=edna)
    assert blockers.blockers(draft) == []


def test_a_link_to_a_deleted_article_blocks_sending_until_it_is_overridden(
    vote: Article, edna: User
) -> None:
    subscriber()
    draft = saved(edna, introduction=linking_to(vote.get_absolute_url(), text="the mussel vote"))
    publishing.unpublish(vote, by=edna)
    trash.move(vote, by=edna)
    trash.delete(vote.pk)
    (finding,) = preflight.run_checks(draft)
    assert "the mussel vote" in str(finding)
    assert isinstance(finding, preflight.Finding)
    preflight.override(draft, finding.about, reason="The words are enough", by=edna)
    assert blockers.blockers(draft) == []


def test_the_introduction_of_a_digest_follows_an_article(vote: Article, edna: User) -> None:
    chose(OLA, Frequency.DAILY)
    hours_ago(2, "News")
    rule(introduction=linking_to(vote.get_absolute_url()))
    former = move(vote, edna)
    composition.compose_due()
    (draft,) = Issue.objects.all()
    assert draft.introduction == linking_to(f"internal:article/{vote.pk}")
    assert former not in rendering.compose(draft).html
