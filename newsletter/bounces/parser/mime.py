"""E-mail addresses in bounces, and a MIME parser for hostile input.

The parser of the standard library is too slow for deeply nested or very large messages. Here nesting, parts and
bytes are limited, and each byte is read once per level.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header
from html import unescape
from typing import Final

WIDE: Final = "（）＜＞［］【】《》「」『』：，；、。！"
"""Chinese and Japanese brackets and full stops, which are not part of an address."""
ADDRESS: Final = rf"[^\s<>()\[\]\"',;:@\\{WIDE}]{{1,200}}@(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{{0,62}})(?:\.|(?![\w-]))){{1,10}}(?<!\.)(?!\.\.)"
"""An e-mail address; patterns that use it add the delimiters."""
IN_TEXT: Final = re.compile(rf"(?<![\w.+=/%-]){ADDRESS}")
ADDRESS_TYPE: Final = re.compile(r"(?i)^\s*(?:rfc-?822|utf-8|smtp|x-?400|dns|unknown|x-[\w-]+)\s*;")
SMTP_ADDRESS: Final = re.compile(r"(?i)smtp[=:]\s*(\S+@[\w.-]+)")


def email_in(text: str) -> str:
    """Returns the only address in a header field, or an empty string."""
    value = ADDRESS_TYPE.sub("", text, count=1).strip()
    value = value.split("(")[0].strip() if not value.startswith("(") else value
    inner = re.search(r"<([^<>]*)>", value)
    if inner and "@" in inner[1]:
        value = inner[1]
    if match := SMTP_ADDRESS.search(value):
        value = match[1]
    value = value.strip(" \t<>\"'`;,:").removeprefix("SMTP=").rstrip(".")
    return value if is_email(value) else ""


def is_email(text: str) -> bool:
    """Whether the text is a valid e-mail address, in a current or obsolete form."""
    local, at, domain = text.rpartition("@")
    if not at or not 1 <= len(local) <= 128 or not 1 <= len(domain) <= 255:
        return False
    if (
        ".." in text
        or local.startswith("/")
        or any(char.isspace() or ord(char) < 32 for char in text)
    ):
        return False
    return "@" not in local.strip('"') and all(
        label and not label.startswith("-") and re.fullmatch(r"[\w-]+", label)
        for label in domain.split(".")
    )


def emails_in(text: str) -> list[str]:
    """Returns all addresses in a text, in order."""
    candidates = (address.strip(".") for address in IN_TEXT.findall(text))
    addresses = (
        address for address in candidates if is_email(address) and "." in address.rpartition("@")[2]
    )
    return list(dict.fromkeys(addresses))


MAX_BYTES: Final = 1_000_000
"""Bytes of a message that are read; bounces have their information at the beginning."""
MAX_TEXT: Final = 100_000
"""Characters of a part that are parsed."""
MAX_HEADERS: Final = 400
MAX_PARTS: Final = 60
MAX_DEPTH: Final = 8

RETURNED_TYPES: Final = frozenset(
    {
        "message/rfc822",
        "message/global",
        "message/rfc822-headers",
        "message/rfc822-header",
        "message/global-headers",
        "text/rfc822-headers",
        "text/rfc822-header",
        "text/rfc822",
    }
)
"""Media types of the returned e-mail or its headers."""

FIELD: Final = re.compile(rb"([!-9;-~]{1,80})[ \t]*:(.*)", re.DOTALL)
PARAMETER: Final = re.compile(r';\s*([\w*-]{1,40})\s*=\s*("[^"]{0,400}"|[^;"\s]{1,400})')
UNDECLARED_BOUNDARY: Final = re.compile(rb"(?:\A|\n)--(\S{1,100})[ \t]*\ncontent-", re.IGNORECASE)
"""An undeclared boundary, recognised by the headers of the part that follows."""
INVISIBLE: Final = re.compile(r"(?is)<(script|style|head)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)")
BREAKS: Final = re.compile(
    r"(?i)<(?:br|/?p|/?div|/?tr|/?td|/?li|/?h\d|/?table|/?pre|hr)\b[^>]{0,400}>"
)
TAG: Final = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:]{0,20}/?(?:\s[^<>]{0,2000})?>|<![^<>]{0,400}>")
"""An HTML tag; an address in angle brackets does not match."""


class Headers:
    """The headers of a message: names are case-insensitive, values unfolded."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._fields)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self._fields if key == name]

    def get(self, name: str) -> str:
        """Returns the first value of a header, or an empty string."""
        return next((value for key, value in self._fields if key == name), "")

    def decoded(self, name: str) -> str:
        """Returns the first value of a header with encoded words decoded."""
        raw = self.get(name)
        if "=?" not in raw:
            return raw
        try:
            return str(make_header(decode_header(raw)))
        except (MessageError, LookupError, ValueError, UnicodeError):
            return raw


@dataclass(frozen=True, slots=True)
class Part:
    media_type: str
    text: str


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """A parsed message: headers, text parts, and the headers of returned messages."""

    headers: Headers
    media_type: str
    report_type: str
    parts: list[Part] = field(default_factory=list)
    returned: list[Headers] = field(default_factory=list)


def parse_message(raw: bytes) -> ParsedMessage:
    head, body = split(_without_mbox_line(raw[:MAX_BYTES].replace(b"\r\n", b"\n")))
    media_type, parameters = content_type(head)
    message = ParsedMessage(head, media_type, parameters.get("report-type", "").lower())
    _walk(head, body, message, depth=0)
    return message


def _without_mbox_line(raw: bytes) -> bytes:
    text = raw.lstrip(b"\n\r \t\xef\xbb\xbf")
    if text.startswith((b"From ", b">From ")):
        return text.partition(b"\n")[2]
    return text


def split(raw: bytes) -> tuple[Headers, bytes]:
    """Splits headers and body; a line that is not a header ends the headers, as an empty line does."""
    fields: list[tuple[str, bytes]] = []
    at = 0
    while at < len(raw):
        end = raw.find(b"\n", at)
        end = len(raw) if end < 0 else end
        line = raw[at:end]
        if not line.strip():
            return _headers(fields), raw[end + 1 :]
        if line[:1] in b" \t":
            if fields and len(fields[-1][1]) < MAX_TEXT:
                fields[-1] = (fields[-1][0], fields[-1][1] + b" " + line.strip())
        elif match := FIELD.match(line):
            if len(fields) < MAX_HEADERS:
                fields.append((match[1].decode("ascii", "replace").lower(), match[2].strip()))
        else:
            return _headers(fields), raw[at:]
        at = end + 1
    return _headers(fields), b""


def _headers(fields: list[tuple[str, bytes]]) -> Headers:
    return Headers([(name, decode(value, "utf-8")) for name, value in fields])


def content_type(head: Headers) -> tuple[str, dict[str, str]]:
    """Returns the media type of a part and its parameters; text/plain if it is invalid."""
    value = head.get("content-type")
    media_type = value.partition(";")[0].strip().lower()
    parameters = {
        name.lower().rstrip("*"): content.strip('"') for name, content in PARAMETER.findall(value)
    }
    return (media_type if "/" in media_type else "text/plain"), parameters


def _walk(head: Headers, body: bytes, message: ParsedMessage, *, depth: int) -> None:
    if len(message.parts) >= MAX_PARTS or len(message.returned) >= MAX_PARTS:
        return
    media_type, parameters = content_type(head)
    boundary = parameters.get("boundary", "").rstrip()
    if depth < MAX_DEPTH and (
        parts := _split_multipart(media_type, boundary, body, is_top_level=depth == 0)
    ):
        for part in parts:
            _walk(*split(part), message, depth=depth + 1)
        return
    body = _decode_transfer_encoding(body, head.get("content-transfer-encoding").strip().lower())
    if media_type in RETURNED_TYPES:
        inner_head, inner_body = split(body.lstrip(b"\n"))
        inner_type = inner_head.get("content-type").lower()
        if (
            "delivery-status" in inner_type or "feedback-report" in inner_type
        ) and depth < MAX_DEPTH:
            # A gateway has wrapped the report. Our own e-mails are never wrapped.
            _walk(inner_head, inner_body, message, depth=depth + 1)
        else:
            message.returned.append(inner_head)
    elif media_type.startswith(("text/", "message/", "multipart/")):
        text = decode(body[: 4 * MAX_TEXT], parameters.get("charset", ""))[:MAX_TEXT]
        message.parts.append(
            Part(media_type, plain_text(text) if media_type == "text/html" else text)
        )


def _split_multipart(
    media_type: str, boundary: str, body: bytes, *, is_top_level: bool
) -> list[bytes]:
    """Splits a multipart body, even if the boundary is missing or broken."""
    is_multipart = media_type.startswith("multipart/")
    parts = (
        split_at_boundary(body, boundary.encode("utf-8", "replace"))
        if is_multipart and boundary
        else []
    )
    if not parts and (is_multipart or (is_top_level and media_type == "text/plain")):
        limit = 20_000 if is_multipart else 400
        if match := UNDECLARED_BOUNDARY.search(body[:limit]):
            return split_at_boundary(body, match[1])
    return parts


def split_at_boundary(body: bytes, boundary: bytes) -> list[bytes]:
    """Returns the parts between the boundary lines."""
    delimiter = b"--" + boundary
    parts: list[bytes] = []
    start = -1
    at = 0 if body.startswith(delimiter) else body.find(b"\n" + delimiter) + 1
    while at or body.startswith(delimiter):
        end = body.find(b"\n", at)
        end = len(body) if end < 0 else end
        rest = body[at + len(delimiter) : end].strip()
        if rest in {b"", b"--"}:
            if start >= 0:
                parts.append(body[start : max(start, at - 1)])
            start = -1 if rest else end + 1
            if rest or len(parts) > MAX_PARTS:
                break
        following = body.find(b"\n" + delimiter, max(end - 1, at))
        if following < 0:
            break
        at = following + 1
    if 0 <= start < len(body):
        parts.append(body[start:])
    return parts


def _decode_transfer_encoding(body: bytes, encoding: str) -> bytes:
    try:
        if encoding == "base64":
            return base64.b64decode(re.sub(rb"[^A-Za-z0-9+/=]", b"", body) + b"==")
        if encoding == "quoted-printable":
            return quopri.decodestring(body)
    except (binascii.Error, ValueError):
        pass
    return body


def decode(raw: bytes, charset: str) -> str:
    """Decodes bytes: as UTF-8 if valid, else in the declared charset, else as Latin-1."""
    if b"\x1b" not in raw:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            pass
    try:
        return raw.decode(charset or "latin-1", "replace")
    except (LookupError, ValueError):
        return raw.decode("latin-1")


def plain_text(html: str) -> str:
    """Returns the text of an HTML document, one line per block element."""
    visible = BREAKS.sub("\n", INVISIBLE.sub(" ", html))
    return unescape(TAG.sub(" ", visible)).replace("\xa0", " ")
