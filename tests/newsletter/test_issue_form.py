"""Editing, previewing and testing an issue."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html as lxml_html

from accounts.models import User
from articles.editorial import publishing
from articles.search import indexer
from newsletter.admin.issues import IssueAdmin
from newsletter.delivery import sending
from newsletter.digests import composition
from newsletter.email import drafts
from newsletter.models import Frequency, Issue, Newsletter
from tests.newsletter.admin_pages import ADD, LIVE, issue_form_data, issue_url, messages_of
from tests.newsletter.digest_rules import hours_ago, rule
from tests.newsletter.factories import chose, issue, mail_image, news, subscriber
from tests.newsroom import draft, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]


def test_an_editor_creates_an_issue_with_ordered_articles(
    editor_client: Client, edna: User
) -> None:
    first, second = published("First"), published("Second")
    response = editor_client.post(ADD, issue_form_data(second, first))
    assert response.status_code == 302
    new_issue = Issue.objects.get()
    assert new_issue.created_by == edna
    assert new_issue.slug == "what-moved-this-week"
    assert new_issue.introduction == "<p>Good morning.</p><p>Two things.</p>"
    assert [str(item.article) for item in new_issue.items.all()] == ["Second", "First"]


def test_a_new_issue_belongs_to_the_first_newsletter(editor_client: Client) -> None:
    first = Newsletter.objects.first()
    assert first is not None
    assert f'<option value="{first.pk}" selected>' in editor_client.get(ADD).content.decode()


def test_a_form_submitted_twice_creates_one_draft(editor_client: Client) -> None:
    article = published()
    for _ in range(2):
        editor_client.post(ADD, issue_form_data(article))
    assert Issue.objects.count() == 1
    assert Issue.objects.get().items.count() == 1


def test_two_different_drafts_are_both_saved(editor_client: Client) -> None:
    article, other = published(), published("Another story")
    editor_client.post(ADD, issue_form_data(article, subject="", introduction="Good morning."))
    editor_client.post(ADD, issue_form_data(article, subject="", introduction="Good evening."))
    editor_client.post(ADD, issue_form_data(other, subject="", introduction="Good evening."))
    said_first = Issue.objects.order_by("pk").values_list("introduction", flat=True)
    assert list(said_first) == [
        "<p>Good morning.</p>",
        "<p>Good evening.</p>",
        "<p>Good evening.</p>",
    ]


def test_the_input_is_kept_if_the_issue_is_sent_meanwhile(
    editor_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = published()
    new_issue = issue("Before", article)
    get_form = IssueAdmin.get_form

    def meanwhile(*args: Any, **options: Any) -> Any:
        # Another user sends the issue while this form is submitted.
        Issue.objects.update(state="scheduled", send_at=timezone.now())
        return get_form(*args, **options)

    monkeypatch.setattr(IssueAdmin, "get_form", meanwhile)
    response = editor_client.post(
        issue_url(new_issue, "change"), issue_form_data(article, subject="Typed just now")
    )
    page = response.content.decode()
    assert response.status_code == 200
    assert "This issue is scheduled. Unschedule it to make changes, then save again." in page
    assert 'value="Typed just now"' in page
    assert Issue.objects.get().subject == "Before"


def test_the_form_reveals_no_unpublished_headline(editor_client: Client) -> None:
    secret = draft("Secret scoop")
    response = editor_client.post(ADD, issue_form_data(secret, subject="Fishing"))
    assert response.status_code == 200
    assert (
        "One of the articles no longer exists. Check the list and choose again."
        in response.content.decode()
    )
    assert "Secret scoop" not in response.content.decode()


def test_a_digest_keeps_its_newsletter_and_a_copy_its_language(
    editor_client: Client, edna: User
) -> None:
    other = Newsletter.objects.create(name="Weekly", slug="weekly", position=9)
    chose("ola@readers.example", Frequency.DAILY, language="fr")
    article = hours_ago(2, "Un récit", language="fr")
    rule(needs_approval=True)
    (new_issue,) = composition.compose_due()
    composed = Issue.objects.get(pk=new_issue)
    editor_client.post(
        issue_url(composed, "change"),
        issue_form_data(article, newsletter=other.pk, subject="Mieux dit"),
    )
    composed.refresh_from_db()
    assert (composed.subject, composed.newsletter) == ("Mieux dit", news())
    assert drafts.duplicate(composed, by=edna).effective_language == "fr"


def test_two_issues_with_one_subject_get_two_slugs(editor_client: Client) -> None:
    issue("What moved this week", slug="what-moved-this-week")
    editor_client.post(ADD, issue_form_data())
    assert set(Issue.objects.values_list("slug", flat=True)) == {
        "what-moved-this-week",
        "what-moved-this-week-2",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "x" * 151),
        ("subject", "Nul\x00"),
        ("introduction", "x" * 20_001),
        ("introduction", "Nul\x00"),
        ("slug", "not a slug/"),
        ("newsletter", "0"),
        ("chosen_articles", ["999999"]),
        ("chosen_articles", ["x\x00"]),
        ("chosen_articles-heading", ["x" * 81]),
        ("chosen_articles-heading", ["Nul\x00"]),
        ("image", "999999"),
        ("image_caption", "x" * 2001),
        ("greeting", "x" * 101),
    ],
)
def test_invalid_input_gets_a_message_and_stays_in_the_form(
    editor_client: Client, field: str, value: Any
) -> None:
    response = editor_client.post(
        ADD, issue_form_data(published(), **{field: value, "preheader": "Kept words"})
    )
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [field.split("-")[0]]
    assert b"Kept words" in response.content
    assert not Issue.objects.exists()


def test_an_unpublished_article_can_be_kept_but_not_added(
    editor_client: Client, edna: User
) -> None:
    article = published("Soon gone")
    new_issue = issue("Draft", article)
    publishing.unpublish(article, by=edna)
    page = editor_client.get(issue_url(new_issue, "change")).content.decode()
    row = lxml_html.document_fromstring(page).find_class("issue-text")[0]
    assert row.text_content() == "Soon gone not published"
    other = issue("Other", published("Another"))
    rejected = editor_client.post(issue_url(other, "change"), issue_form_data(article))
    assert rejected.status_code == 200
    assert [str(item.article) for item in other.items.all()] == ["Another"]


def test_markup_in_an_introduction_is_cleaned_when_it_is_saved(editor_client: Client) -> None:
    editor_client.post(
        ADD, issue_form_data(introduction='<p onclick="x">Hi <script>alert(1)</script></p>')
    )
    assert Issue.objects.get().introduction == "<p>Hi </p>"


def test_the_preview_shows_the_mail_in_frames_and_as_text(editor_client: Client) -> None:
    article = published("With a light", lead_image=mail_image())
    new_issue = issue("Light", article)
    page = editor_client.get(issue_url(new_issue, "preview"))
    tree = lxml_html.document_fromstring(page.content)
    frames = [frame.get("src") for frame in tree.iter("iframe")]
    shown = issue_url(new_issue, "mail")
    assert frames == [f"{shown}?scheme=light"] * 2 + [f"{shown}?scheme=dark"]
    assert "With a light" in tree.find_class("newsletter-text")[0].text_content()


def test_the_framed_mail_has_a_strict_policy_and_no_inline_style(editor_client: Client) -> None:
    response = editor_client.get(
        issue_url(issue("Light", published(lead_image=mail_image())), "mail")
    )
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert b"style=" not in response.content


def test_a_test_is_sent_to_the_current_user(editor_client: Client, edna: User) -> None:
    new_issue = issue("A try")
    response = editor_client.post(issue_url(new_issue, "test"), follow=True)
    assert messages_of(response) == [f"Test sent to {edna.email}."]
    assert mail.outbox[0].to == [edna.email]
    assert editor_client.get(issue_url(new_issue, "test")).status_code == 405


def test_positions_are_numbers_and_headings_start_sections(editor_client: Client) -> None:
    first, second, third = published("First"), published("Second"), published("Third")
    positions = {"chosen_articles-place": ["3", "", "1"]}
    headings = {"chosen_articles-heading": ["", " Also \n worth it ", "Asia"]}
    editor_client.post(ADD, issue_form_data(first, second, third, **positions, **headings))
    items = [(str(item.article), item.heading) for item in Issue.objects.get().items.all()]
    assert items == [("Third", "Asia"), ("First", ""), ("Second", "Also worth it")]


def test_without_javascript_articles_are_added_and_removed_by_checkbox(
    editor_client: Client,
) -> None:
    stored, out, new = published("Kept"), published("Out"), published("New")
    new_issue = issue("Changing", stored, out)
    ticked = {"chosen_articles-add": [new.pk], "chosen_articles-out": [out.pk]}
    editor_client.post(issue_url(new_issue, "change"), issue_form_data(stored, out, **ticked))
    assert [str(item.article) for item in new_issue.items.all()] == ["Kept", "New"]


def test_a_search_without_javascript_saves_the_draft(
    editor_client: Client,
) -> None:
    published("A quiet week at the strait")
    published("Grain")
    indexer.reindex()
    form_data = issue_form_data(
        subject="Half a thought", _search="1", **{"chosen_articles-search": "strait"}
    )
    page = editor_client.post(ADD, form_data, follow=True)
    assert messages_of(page)[-1].startswith("Saved.")
    assert Issue.objects.get().subject == "Half a thought"
    tree = lxml_html.document_fromstring(page.content)
    offered = [offer.text_content().strip() for offer in tree.find_class("issue-offer")]
    assert len(offered) == 1
    assert offered[0].startswith("A quiet week at the strait")


def test_the_article_search_excludes_chosen_articles(editor_client: Client) -> None:
    one, other = published("Ships in the strait"), published("The strait at night")
    indexer.reindex()
    address = reverse("admin:newsletter_issue_articles")
    page = editor_client.get(f"{address}?q=strait&but={one.pk}").content.decode()
    assert other.headline in page
    assert one.headline not in page
    assert "No results for “&lt;b&gt;”" in editor_client.get(address, {"q": "<b>"}).content.decode()
    assert editor_client.get(f"{address}?q=-&but=x&but={9**30}").status_code == 200


def test_the_live_preview_shows_the_input_and_saves_nothing(editor_client: Client) -> None:
    article = published("Chosen just now", lead_image=mail_image())
    form_data = issue_form_data(
        article, subject="Not saved", greeting="Dear {name},", fallback_greeting="Hello,"
    )
    response = editor_client.post(LIVE, {**form_data, "_look": "wide"})
    assert response.status_code == 200
    tree = lxml_html.document_fromstring(response.content)
    assert tree.findtext(".//h1") == "Not saved"
    assert "Chosen just now" in tree.text_content()
    assert "Hello," in tree.text_content()
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "unsafe" not in response["Content-Security-Policy"]
    text = editor_client.post(LIVE, {**form_data, "_look": "text"})
    assert text["Content-Type"].startswith("text/plain")
    assert "Hello," in text.content.decode()
    assert not Issue.objects.exists()
    new_issue = issue("As saved", article)
    editor_client.post(f"{LIVE}?issue={new_issue.pk}", form_data)
    new_issue.refresh_from_db()
    assert new_issue.subject == "As saved"


def test_the_dark_preview_is_dark_on_a_light_screen(editor_client: Client) -> None:
    form_data = issue_form_data(published())
    for look, shown, hidden in (
        ("dark", "@media all", "@media not all"),
        ("wide", "@media not all", "@media all"),
    ):
        page = editor_client.post(LIVE, {**form_data, "_look": look}).content
        (rules,) = lxml_html.document_fromstring(page).xpath("//link[@rel='stylesheet']/@href")
        written = editor_client.get(rules).content.decode()
        assert shown in written
        assert hidden not in written
        assert "prefers-color-scheme" not in written


def test_an_invalid_form_has_no_preview_and_says_why(editor_client: Client) -> None:
    response = editor_client.post(LIVE, issue_form_data(subject="x" * 151))
    assert response.status_code == 422
    assert b"Subject: Ensure this value has at most 150 characters" in response.content
    assert editor_client.get(LIVE).status_code == 405
    assert editor_client.post(f"{LIVE}?issue=99999", issue_form_data()).status_code == 404


def test_a_greeting_by_name_needs_a_fallback(editor_client: Client) -> None:
    response = editor_client.post(ADD, issue_form_data(greeting="Dear {name},"))
    assert list(response.context["adminform"].form.errors) == ["fallback_greeting"]
    editor_client.post(
        ADD, issue_form_data(greeting="Dear {name},", fallback_greeting="Dear reader,")
    )
    assert Issue.objects.get().fallback_greeting == "Dear reader,"


def test_a_lead_image_brings_its_caption_and_needs_a_credit(editor_client: Client) -> None:
    subscriber()
    image = mail_image(caption="Ships & <boats>", credit="", credit_exempt=False)
    editor_client.post(ADD, issue_form_data(published(), image=image.pk))
    new_issue = Issue.objects.get()
    assert new_issue.image_caption == "Ships &amp; &lt;boats&gt;"
    page = editor_client.get(issue_url(new_issue, "send"))
    assert any("/articles/image/" in blocker.url for blocker in page.context["blockers"])


def test_colleagues_get_a_test_and_others_do_not(
    editor_client: Client, edna: User, rui: User
) -> None:
    reader = User.objects.create_user("ola@readers.example", "x" * 12)
    new_issue = issue("A try", tested=False)
    assert (
        b"Tests can only be sent to staff. A test is valid until the issue changes."
        in editor_client.get(issue_url(new_issue, "preview")).content
    )
    response = editor_client.post(
        issue_url(new_issue, "test"), {"to": [rui.pk, reader.pk, "x"]}, follow=True
    )
    assert messages_of(response) == [f"Test sent to {rui.email}."]
    assert [message.to for message in mail.outbox] == [[rui.email]]
    assert mail.outbox[0].subject == "[Test] A try"
    assert (
        b"No test was sent. Send a test and read it."
        not in editor_client.get(issue_url(new_issue, "send")).content
    )


def test_a_copy_has_the_texts_and_articles_of_a_sent_issue(
    editor_client: Client, edna: User
) -> None:
    subscriber()
    new_issue = issue("Every week", published("One"), introduction="<p>Hello.</p>")
    new_issue.items.update(heading="Asia")
    sending.start(new_issue, by=edna)
    response = editor_client.post(issue_url(new_issue, "duplicate"), follow=True)
    copy = Issue.objects.exclude(pk=new_issue.pk).get()
    assert messages_of(response) == [
        "This is a copy of “Every week”. Edit it and send it when it is ready."
    ]
    assert copy.is_draft
    assert copy.created_by == edna
    assert (copy.introduction, copy.slug) == ("<p>Hello.</p>", "every-week")
    assert [(str(item.article), item.heading) for item in copy.items.all()] == [("One", "Asia")]
    assert copy.sent_html == ""
