"""The page to report a comment, and the notification of the result."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html as lxml_html

from accounts.models import User
from articles.comments.flags.models import Flag
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.editorial.models import Article
from tests.articles.comments.conftest import Write
from tests.conftest import MailFolder


def report_url(comment: Comment) -> str:
    return reverse("comment_report", args=[comment.pk])


@pytest.mark.django_db
def test_every_comment_has_a_link_to_report_it(
    client: Client, article: Article, write: Write
) -> None:
    comment = write()
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'href="{report_url(comment)}"' in page


@pytest.mark.django_db
def test_a_report_is_saved(client: Client, write: Write) -> None:
    comment = write()
    assert comment.text in client.get(report_url(comment)).content.decode()
    sent = {"reason": "hate", "text": "The last line."}
    response = client.post(report_url(comment), sent, follow=True)
    assert "articles/comments/reported.html" in {each.name for each in response.templates}
    assert str(Flag.objects.get()) == "Hate speech: The last line."


@pytest.mark.django_db
def test_the_text_is_shown_again_when_the_reason_is_missing(client: Client, write: Write) -> None:
    response = client.post(report_url(write()), {"text": "Look at <b>this</b>"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose a reason." in page
    assert "Look at &lt;b&gt;this&lt;/b&gt;" in page


@pytest.mark.django_db
def test_a_hidden_comment_has_no_form(client: Client, write: Write) -> None:
    assert client.get(report_url(write(pending=True))).status_code == 404


@pytest.mark.django_db
def test_a_moderator_finds_a_report_and_dismisses_it(
    client: Client, write: Write, mina: User
) -> None:
    comment = write()
    client.post(report_url(comment), {"reason": "false", "text": "No such ferry."})
    client.force_login(mina)
    assert "reported" in client.get("/admin/").content.decode()
    queue = client.get("/admin/articles/comment/?queue=reported").content
    tree = lxml_html.document_fromstring(queue)
    (count,) = tree.xpath("//*[@data-queue='reported']//*[contains(@class, 'admin-count')]")
    assert count.text == "1"
    page = client.get(reverse("admin:articles_comment_change", args=[comment.pk])).content.decode()
    assert "No such ferry." in page
    decide = reverse("admin:articles_comment_decide", args=[comment.pk])
    client.post(decide, {"verb": "approve", "seen": "approved"})
    assert Flag.objects.get().outcome == "dismissed"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize(("action", "text"), [("reject", "removed it"), ("approve", "approved it")])
def test_the_sender_is_notified_once_and_the_address_erased(
    client: Client,
    write: Write,
    mina: User,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
    action: str,
    text: str,
) -> None:
    comment = write()
    client.post(report_url(comment), {"reason": "insult", "email": "nia@readers.example"})
    getattr(decisions, action)(comment, by=mina)
    jobs()
    (message,) = mail_folder.to("nia@readers.example")
    body = message.get_body(("plain",))
    assert body is not None
    assert text in " ".join(body.get_content().split())
    assert Flag.objects.get().email == ""
