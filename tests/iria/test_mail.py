"""Without a mail server, mail lies in a folder as files a person can open."""

import os
import stat
from pathlib import Path

from django.core.mail import EmailMessage

from tests.conftest import MailFolder


def test_mail_without_a_server_becomes_a_file(mail_folder: MailFolder) -> None:
    EmailMessage("A quiet week", "Nothing happened.", to=["ola@readers.example"]).send(
        using="default"
    )
    (message,) = mail_folder.to("ola@readers.example")
    assert message["Subject"] == "A quiet week"
    assert message.get_content().strip() == "Nothing happened."


def test_nobody_else_on_the_machine_can_read_the_mail(mail_folder: MailFolder) -> None:
    def mode(path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    before = os.umask(0)
    try:
        EmailMessage("Your code", "123456", to=["ola@readers.example"]).send(using="default")
    finally:
        os.umask(before)
    (file,) = mail_folder.path.iterdir()
    assert mode(mail_folder.path) == 0o700
    assert mode(file) == 0o600
