"""A reader reports a comment on a page of its own, and hears what came of it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from articles.comments.flags.models import Flag
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.editorial.models import Article
from tests.articles.comments.conftest import Write
from tests.conftest import MailFolder


def form_of(comment: Comment) -> str:
    return reverse("comment_report", args=[comment.pk])


@pytest.mark.django_db
def test_every_comment_has_a_link_to_report_it(
    client: Client, article: Article, write: Write
) -> None:
    comment = write()
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'href="{form_of(comment)}"' in page


@pytest.mark.django_db
def test_a_report_is_kept_and_thanked_for(client: Client, write: Write) -> None:
    comment = write()
    assert comment.text in client.get(form_of(comment)).content.decode()
    sent = {"reason": "hate", "text": "The last line."}
    answer = client.post(form_of(comment), sent, follow=True)
    assert "articles/comments/reported.html" in {each.name for each in answer.templates}
    assert str(Flag.objects.get()) == "Hate speech: The last line."


@pytest.mark.django_db
def test_what_was_typed_stays_when_something_is_missing(client: Client, write: Write) -> None:
    answer = client.post(form_of(write()), {"text": "Look at <b>this</b>"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose a reason." in page
    assert "Look at &lt;b&gt;this&lt;/b&gt;" in page


@pytest.mark.django_db
def test_what_is_not_on_the_page_has_no_form(client: Client, write: Write) -> None:
    assert client.get(form_of(write(waits=True))).status_code == 404


@pytest.mark.django_db
def test_mina_finds_what_was_reported_and_lets_it_stand(
    client: Client, write: Write, mina: User
) -> None:
    comment = write()
    client.post(form_of(comment), {"reason": "false", "text": "No such ferry."})
    client.force_login(mina)
    assert "reported" in client.get("/admin/").content.decode()
    queue = client.get("/admin/articles/comment/?queue=reported").content.decode()
    assert '<span class="admin-count">1</span>' in queue
    page = client.get(reverse("admin:articles_comment_change", args=[comment.pk])).content.decode()
    assert "No such ferry." in page
    decide = reverse("admin:articles_comment_decide", args=[comment.pk])
    client.post(decide, {"verb": "approve", "seen": "approved"})
    assert Flag.objects.get().outcome == "dismissed"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize(("verb", "words"), [("reject", "removed it"), ("approve", "approved it")])
def test_who_left_an_address_hears_it_once_and_the_address_is_forgotten(
    client: Client,
    write: Write,
    mina: User,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
    verb: str,
    words: str,
) -> None:
    comment = write()
    client.post(form_of(comment), {"reason": "insult", "email": "nia@readers.example"})
    getattr(decisions, verb)(comment, by=mina)
    jobs()
    (message,) = mail_folder.to("nia@readers.example")
    body = message.get_body(("plain",))
    assert body is not None
    assert words in " ".join(body.get_content().split())
    assert Flag.objects.get().email == ""
