"""The latest e-mails, if no mail server is configured and they are stored in a folder.

The folder contains every e-mail of the site, including sign-in codes. Only users who may read all e-mails see
all of them; editors see those of the newsletter.
"""

import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import strip_tags

MOST: Final = 100
FOLDER: Final = "iria.core.mail.FolderBackend"
MAIL_FILE: Final = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}-[0-9a-f]{6}\.eml")
SHOWN_HEADERS: Final = ("From", "To", "Reply-To", "Subject", "Date", "List-Unsubscribe")


@dataclass(frozen=True, slots=True)
class StoredEmail:
    name: str
    subject: str
    to: str
    date: Any


def folders() -> list[Path]:
    """Folders of the mailers that write e-mails to files."""
    mailers = [config for config in settings.MAILERS.values() if config.get("BACKEND") == FOLDER]
    return list({Path(config["OPTIONS"]["folder"]): None for config in mailers})


def emails(request: HttpRequest) -> HttpResponse:
    """Lists the newest e-mails."""
    _require_permission(request)
    files = sorted(
        (file for folder in folders() if folder.is_dir() for file in folder.glob("*.eml")),
        key=lambda file: file.name,
        reverse=True,
    )
    stored_emails: list[StoredEmail] = []
    for file in files:
        if len(stored_emails) == MOST or not MAIL_FILE.fullmatch(file.name):
            continue
        message = _read(file, headers_only=True)
        if message is not None and _may_read(request, message):
            stored_emails.append(_stored(file, message))
    context = {
        **admin.site.each_context(request),
        "title": "Latest e-mails",
        "emails": stored_emails,
        "is_stored": bool(folders()),
        "most": MOST,
    }
    return render(request, "admin/newsletter/emails.html", context)


def email(request: HttpRequest, name: str) -> HttpResponse:
    """Shows the text of one e-mail; the HTML would bring its own styles."""
    _require_permission(request)
    if not MAIL_FILE.fullmatch(name):
        raise Http404
    paths = [folder / name for folder in folders() if (folder / name).is_file()]
    message = _read(paths[0], headers_only=False) if paths else None
    if message is None or not _may_read(request, message):
        raise Http404
    context = {
        **admin.site.each_context(request),
        "title": str(message["Subject"] or "No subject"),
        "headers": [(header, message[header]) for header in SHOWN_HEADERS if message[header]],
        "text": _text_of(message),
    }
    return render(request, "admin/newsletter/email.html", context)


def _require_permission(request: HttpRequest) -> None:
    if not request.user.has_perms(["newsletter.view_delivery"]):
        raise PermissionDenied


def _may_read(request: HttpRequest, message: EmailMessage) -> bool:
    return bool(message["List-Id"]) or request.user.has_perm("newsletter.read_all_mail")


def _read(file: Path, *, headers_only: bool) -> EmailMessage | None:
    try:
        with file.open("rb") as opened:
            parser = BytesParser(EmailMessage, policy=policy.default)
            return parser.parse(opened, headersonly=headers_only)
    except OSError:
        # The file was removed after the folder was listed.
        return None


def _stored(file: Path, message: EmailMessage) -> StoredEmail:
    date = message["Date"]
    return StoredEmail(
        file.name,
        str(message["Subject"] or "No subject"),
        str(message["To"] or ""),
        getattr(date, "datetime", None),
    )


def _text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    content = str(part.get_content())
    return strip_tags(content) if part.get_content_subtype() == "html" else content
