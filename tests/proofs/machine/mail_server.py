"""A mail server on port 587 that stores e-mails: `mail_server.py FOLDER`."""

import ssl
import sys
import threading
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class StoreMessages:
    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers = folder, count(1)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        (self.folder / f"{next(self.numbers):04}").write_bytes(envelope.content)
        return "250 OK"


def main(folder: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "mail.pem", folder / "mail-key.pem")
    credentials = (b"user", b"password")
    server = Controller(
        StoreMessages(folder / "mails"),
        hostname="127.0.0.1",
        port=587,
        ready_timeout=60,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=lambda _1, _2, _3, _4, data: AuthResult(
            success=(data.login, data.password) == credentials
        ),
    )
    server.start()
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
