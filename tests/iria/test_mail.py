"""Without a mail server, mail lies in a folder as files a person can open."""

from django.core.mail import EmailMessage

from tests.conftest import MailFolder


def test_mail_without_a_server_becomes_a_file(mail_folder: MailFolder) -> None:
    EmailMessage("A quiet week", "Nothing happened.", to=["ola@readers.example"]).send(
        using="default"
    )
    (message,) = mail_folder.to("ola@readers.example")
    assert message["Subject"] == "A quiet week"
    assert message.get_content().strip() == "Nothing happened."
