"""Without a mail server, the admin shows the latest e-mails."""

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from lxml import html as lxml_html

from accounts.models import User
from newsletter.delivery import sending
from tests.conftest import MailFolder
from tests.newsletter.factories import issue

pytestmark = pytest.mark.django_db


def test_the_latest_mails_are_listed_without_a_mail_server(
    editor_client: Client, edna: User, mail_folder: MailFolder
) -> None:
    sending.send_test(issue("In the folder"), edna.email)
    assert len(mail_folder.all()) == 1
    page = editor_client.get(reverse("admin:newsletter_emails"))
    assert b"[Test] In the folder" in page.content
    (link,) = [
        link.get("href") or ""
        for link in lxml_html.document_fromstring(page.content).iter("a")
        if link.text_content().startswith("[Test]")
    ]
    opened = editor_client.get(link)
    assert b"List-Unsubscribe" in opened.content
    assert f'href="{settings.SITE_URL}/newsletter/unsubscribe/test/"' in opened.content.decode()


def test_only_administrators_read_other_mails(
    editor_client: Client, ada: User, mail_folder: MailFolder
) -> None:
    mail.EmailMessage("Your code", "123456", to=["ada@meridian.example"]).send(using="default")
    (file,) = mail_folder.path.glob("*.eml")
    path = reverse("admin:newsletter_email", args=[file.name])
    assert b"Your code" not in editor_client.get(reverse("admin:newsletter_emails")).content
    assert editor_client.get(path).status_code == 404
    editor_client.force_login(ada)
    assert b"Your code" in editor_client.get(reverse("admin:newsletter_emails")).content
    assert b"123456" in editor_client.get(path).content


@pytest.mark.parametrize("name", ["x.eml", "..", "20260101T000000.000000-abcdef.eml", "%00"])
def test_only_files_of_the_mail_folder_can_be_opened(
    editor_client: Client, mail_folder: MailFolder, name: str
) -> None:
    mail_folder.path.mkdir()
    (mail_folder.path / "x.eml").write_text("Subject: planted\n\n")
    assert editor_client.get(f"/admin/newsletter/delivery/emails/{name}/").status_code == 404


def test_with_a_mail_server_no_mails_are_listed(editor_client: Client) -> None:
    assert b"through a mail server" in editor_client.get(reverse("admin:newsletter_emails")).content
