"""Without a mail server, e-mails are written to a folder."""

import os
import stat
from pathlib import Path

from django.core.mail import EmailMessage

from tests.conftest import MailFolder


def test_an_email_without_a_server_is_written_to_a_file(mail_folder: MailFolder) -> None:
    EmailMessage("A quiet week", "Nothing happened.", to=["ola@readers.example"]).send(
        using="default"
    )
    (message,) = mail_folder.to("ola@readers.example")
    assert message["Subject"] == "A quiet week"
    assert message.get_content().strip() == "Nothing happened."


def test_other_users_of_the_machine_cannot_read_the_files(mail_folder: MailFolder) -> None:
    def mode(path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    previous = os.umask(0)
    try:
        EmailMessage("Your code", "123456", to=["ola@readers.example"]).send(using="default")
    finally:
        os.umask(previous)
    (file,) = mail_folder.path.iterdir()
    assert mode(mail_folder.path) == 0o700
    assert mode(file) == 0o600
