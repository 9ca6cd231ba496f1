"""Reads CSV files of any encoding and separator, and detects their columns, also of known e-mail services. No Django here.

Invalid rows are reported with their line and skipped; no file makes reading fail.
"""

import codecs
import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SEPARATORS: Final = (",", ";", "\t", "|")
EXCEL_SEPARATOR: Final = re.compile(r"sep=(.)\Z", re.IGNORECASE)
MAX_LINES: Final = 100
"""The maximum number of lines of a row. A quotation mark that is not closed by then is a mistake."""
MAX_CHARACTERS: Final = 20_000
"""The maximum length of a row."""
SAMPLE_ROWS: Final = 50
"""Rows used to detect the separator."""

NOT_CLOSED: Final = "A quotation mark is opened here but not closed."
TOO_LONG: Final = "This row is longer than 20,000 characters."


@dataclass(frozen=True, slots=True)
class Row:
    """A row; `line` is its first line in the file, counted from 1."""

    line: int
    cells: tuple[str, ...]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    lines: tuple[str, ...]
    encoding: str
    separator: str
    first_line: int = 1

    @classmethod
    def of(cls, content: bytes) -> "Table":
        """Decodes a file; any bytes are accepted."""
        text, encoding = decoded(content)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if match := EXCEL_SEPARATOR.match(lines[0]):
            return cls(tuple(lines[1:]), encoding, match[1], first_line=2)
        return cls(tuple(lines), encoding, _separator(lines))

    def rows(self) -> Iterator[Row]:
        """Yields every row that is not empty, in order."""
        for row in _rows(self.lines, self.separator, self.first_line):
            if row.error or any(cell.strip() for cell in row.cells):
                yield row


def decoded(content: bytes) -> tuple[str, str]:
    """Returns the text and its encoding: by the byte order mark, or the first that fits."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace"), encoding
    if encoding := _utf16(content[:2000]):
        return content.decode(encoding, errors="replace"), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("windows-1252", errors="replace"), "windows-1252"


def _utf16(start: bytes) -> str:
    """Detects UTF-16 without a byte order mark: every second byte of Western text is zero."""
    if len(start) < 4:
        return ""
    even, odd = start[::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.1 else ""


def _separator(lines: list[str]) -> str:
    """Returns the separator with which most rows have the same number of cells, more than one."""
    start = lines[: SAMPLE_ROWS * 2]

    def agreement(separator: str) -> tuple[int, int]:
        rows = [row for row in _rows(start, separator, 1) if row.cells][:SAMPLE_ROWS]
        counts = Counter(len(row.cells) for row in rows if len(row.cells) > 1)
        (width, frequency), *_ = [*counts.most_common(1), (0, 0)]
        return frequency, width

    return max(SEPARATORS, key=agreement)


def _rows(lines: Sequence[str], separator: str, first_line: int) -> Iterator[Row]:
    index = 0
    while index < len(lines):
        end = _end_of_row(lines, index, separator)
        line = first_line + index
        if end is None:
            yield Row(line, (), NOT_CLOSED)
            index += 1
            continue
        yield _row(line, "\n".join(lines[index:end]), separator)
        index = end


def _row(line: int, text: str, separator: str) -> Row:
    if len(text) > MAX_CHARACTERS:
        return Row(line, (), TOO_LONG)
    if '"' not in text:
        return Row(line, tuple(text.split(separator)))
    try:
        (cells,) = csv.reader([text], delimiter=separator)
    except (csv.Error, ValueError) as error:
        return Row(line, (), f"This row cannot be read: {error}.")
    return Row(line, tuple(cells))


def _end_of_row(lines: Sequence[str], start: int, separator: str) -> int | None:
    """Returns the line after a row; None if a quotation mark is never closed."""
    if '"' not in lines[start]:
        return start + 1
    is_open = False
    for index in range(start, min(start + MAX_LINES, len(lines))):
        is_open = _stays_open(lines[index], separator, is_open=is_open)
        if not is_open:
            return index + 1
    return None


def _stays_open(line: str, separator: str, *, is_open: bool) -> bool:
    """Whether a quoted cell continues after this line."""
    position = 0
    while True:
        if not is_open and line[position : position + 1] == '"':
            is_open, position = True, position + 1
        if is_open:
            position = _after_closing(line, position)
            if position < 0:
                return True
            is_open = False
        position = line.find(separator, position) + 1
        if position == 0:
            return False


def _after_closing(line: str, position: int) -> int:
    """Returns the index after the closing quotation mark, or -1; two marks are an escaped one."""
    while (position := line.find('"', position)) >= 0:
        if line[position + 1 : position + 2] != '"':
            return position + 1
        position += 2
    return -1


SUBSCRIBED_WORDS: Final = frozenset(
    {
        "subscribed", "active", "confirmed", "enabled", "optin", "optedin", "true", "yes", "y", "t",
        "member", "free", "paid", "comped", "premium", "regular", "verified", "subscriber", "trial",
        "engaged", "gifted", "trialed", "churning", "pastdue", "unpaid", "abonne", "actif", "confirme", "oui", "abonniert", "aktiv", "bestatigt", "ja",
        "activo", "suscrito", "si", "attivo", "iscritto", "ativo", "inscrito", "confirmado", "sim",
        "actief", "ingeschreven", "aangemeld", "marketingcontact", "express", "explicit",
    }
)  # fmt: skip
UNSUBSCRIBED_WORDS: Final = frozenset(
    {
        "left", "unsubscribed", "unsubscribe", "unsub", "nevertobewrittento", "suppressed", "bounced",
        "bounce", "bouncing", "hardbounced", "hardbounce", "softbounced", "softbounce", "undeliverable",
        "cleaned", "complained", "complaint", "spamcomplaint", "reported", "junk", "spam", "inactive",
        "notactive", "disabled", "suspended", "blocked", "banned", "blocklisted", "blacklisted",
        "deleted", "archived", "removed", "optout", "optedout", "donotemail", "donotmail",
        "donotcontact", "false", "no", "n", "f", "unconfirmed", "notconfirmed", "notyetconfirmed",
        "unverified", "unactivated", "pending", "nonsubscribed", "notsubscribed", "cancelled",
        "canceled", "invalid", "spammy", "malicious", "desabonne", "nonabonne", "desinscrit", "inactif", "enattente", "non",
        "abgemeldet", "abbestellt", "gesperrt", "unbestatigt", "inaktiv", "nein", "inactivo", "baja",
        "disiscritto", "inattivo", "inativo", "descadastrado", "cancelado", "pendente", "naoconfirmado",
        "nao", "inactief", "uitgeschreven", "afgemeld", "nee", "neversubscribed", "nonmarketingcontact",
        "awaitingconfirmation", "permissionnotset", "implicit", "temporaryhold",
    }
)  # fmt: skip
"""Unsubscribed, suppressed or never confirmed: none of them consents to this list."""
UNCONFIRMED_WORDS: Final = frozenset(
    {
        "unconfirmed", "notconfirmed", "notyetconfirmed", "unverified", "unactivated", "pending",
        "nonsubscribed", "notsubscribed", "enattente", "unbestatigt", "pendente", "naoconfirmado",
        "neversubscribed", "nonmarketingcontact", "awaitingconfirmation", "permissionnotset", "implicit",
    }
)  # fmt: skip
"""Those of the statuses that people have who never confirmed; they may still consent."""
OTHER_COLUMNS_TOO: Final = frozenset(
    {
        "true", "yes", "y", "t", "member", "free", "paid", "premium", "regular", "trial", "oui", "ja",
        "si", "sim", "false", "no", "n", "f", "non", "nein", "nao", "nee", "invalid", "deleted",
    }
)  # fmt: skip
"""Statuses that other columns have too, such as those of a plan or a question."""


FALSE_WORDS: Final = frozenset(
    {"", "false", "no", "n", "f", "non", "nein", "never", "null", "none", "na"}
)
"""Values of an “unsubscribed” column for those who are still subscribed."""


def plain(text: str) -> str:
    """Returns only the letters of a text, in lower case and without accents."""
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", text.casefold()))


def is_unsubscribed(status: str) -> bool | None:
    """Whether a status means unsubscribed; None if it is unknown."""
    word = plain(status)
    if not word:
        # Empty or a number: some services write 1 and 0.
        return {"": False, "1": False, "0": True}.get(status.strip())
    return word in UNSUBSCRIBED_WORDS if word in UNSUBSCRIBED_WORDS | SUBSCRIBED_WORDS else None


def says_unsubscribed(cell: str) -> bool:
    """Whether a cell of an “unsubscribed” column says so: by a yes, a number, a date or a reason."""
    word = plain(cell)
    return word not in FALSE_WORDS or (not word and any(char in "123456789" for char in cell))


EMAIL: Final = "email"
NAME: Final = "name"
LANGUAGE: Final = "language"
STATE: Final = "state"
UNSUBSCRIBED: Final = "gone"

HEADERS: Final = {
    EMAIL: {
        "email", "emailaddress", "mail", "mailaddress", "address", "adresseemail", "adressemail",
        "adresseelectronique", "courriel", "emailadresse", "mailadresse", "correo",
        "correoelectronico", "subscriberemail", "memberemail", "indirizzoemail",
    },
    NAME: {
        "name", "firstname", "fullname", "givenname", "fname", "prenom", "nom", "vorname",
        "nombre", "nome", "displayname", "subscribername",
    },
    LANGUAGE: {"language", "lang", "locale", "langue", "sprache", "idioma", "lingua"},
    STATE: {
        "state", "status", "subscriberstatus", "subscriptionstatus", "emailstatus", "memberstatus",
        "subscribed", "subscribedtoemails", "emailsubscription", "emailmarketing", "etat", "statut",
        "zustand", "estado", "stato", "situacao", "emailmarketingconsent", "emailmarketingstatus",
        "acceptsemailmarketing", "acceptsmarketing", "emailsubscriberstatus", "marketingcontactstatus",
        "emailpermissionstatus", "abonniert", "angemeldet",
    },
    UNSUBSCRIBED: {
        "unsubscribed", "unsubscribedat", "unsubscribedon", "unsubscribedate", "unsubtime", "cleantime",
        "emaildisabled", "emailoptout", "optout", "optoutdate", "optouttime", "optedout", "optedoutat",
        "hasoptedoutofemail", "blocklisted", "emailblocklisted", "blacklisted", "emailblacklisted",
        "bounced", "bouncedat", "hardbounced", "donotemail", "donotmail", "donotcontact", "suppressed",
        "suppressedat", "desabonne", "desinscrit", "abgemeldet", "abgemeldetam", "complained",
        "complainedat", "complaint", "spamcomplaint", "markedasspam", "reportedspam",
    },
}  # fmt: skip
"""Column headers of e-mail services, as returned by `plain`."""
NEVER: Final = {
    "emaildisabled", "blocklisted", "emailblocklisted", "blacklisted", "emailblacklisted", "bounced",
    "bouncedat", "hardbounced", "donotemail", "donotmail", "donotcontact", "suppressed", "suppressedat",
    "complained", "complainedat", "complaint", "spamcomplaint", "markedasspam", "reportedspam",
}  # fmt: skip
"""Those of them that count whatever the status is."""
ADDRESS: Final = re.compile(r"\s*+\S[^\s@]*+@\S[^\s.]*+\.\S++\s*+\Z")
"""`\\s*\\S+@\\S+\\.\\S+\\s*` in linear time."""
MAX_CELL_LENGTH: Final = 600
"""The maximum length of a cell with an address and a name; longer ones are not searched."""

ANGLE_ADDRESS: Final = re.compile(
    r"([^<>]{0,400})<[ ]{0,9}([^<>\s]{1,400}@[^<>\s]{1,400})[ ]{0,9}>\Z"
)
"""The format of e-mail programs: `Ola Quist <ola@example.org>`."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """The column indices of the imported fields, from 0."""

    email: int
    name: int | None = None
    language: int | None = None
    state: int | None = None
    """The subscription status, in the words of the exporting service."""
    gone: int | None = None
    """Filled in for those who unsubscribed, were suppressed, or never received an e-mail."""
    has_header: bool = True

    @classmethod
    def guessed(cls, rows: Sequence[Row]) -> Self:
        """Detects columns by their header, or else the first one with e-mail addresses."""
        rows = [row for row in rows if not row.error]
        first = rows[0].cells if rows else ()
        has_header = not any(is_email(cell) for cell in first)
        header = [plain(cell) for cell in first] if has_header else []
        columns = {column_type: _index_of(names, header) for column_type, names in HEADERS.items()}
        if service := service_of(frozenset(header)):
            columns |= {kind: header.index(name) for kind, name in service.states.items()}
        email = _email_column(rows, header)
        if email is None:
            email = _first_with_emails(rows)
        if columns[STATE] is None:
            columns[STATE] = _state_column(rows[has_header:], {email, *columns.values()})
        elif columns[UNSUBSCRIBED] is not None:
            # Somebody who resubscribed still has an unsubscribe date, so the status takes precedence.
            columns[UNSUBSCRIBED] = _index_of(NEVER, header)
        name, language, state, unsubscribed = (
            columns[each] for each in (NAME, LANGUAGE, STATE, UNSUBSCRIBED)
        )
        return cls(email or 0, name, language, state, unsubscribed, has_header)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        name, language, state, unsubscribed = (
            values.get(column_type) for column_type in (NAME, LANGUAGE, STATE, UNSUBSCRIBED)
        )
        return cls(values["email"], name, language, state, unsubscribed, values["has_header"])

    def as_json(self) -> dict[str, Any]:
        return {
            "email": self.email,
            "name": self.name,
            "language": self.language,
            "state": self.state,
            "gone": self.gone,
            "has_header": self.has_header,
        }

    def type_of(self, index: int) -> str:
        """Returns the type of a column; empty if it is ignored."""
        types = {
            self.gone: UNSUBSCRIBED,
            self.state: STATE,
            self.language: LANGUAGE,
            self.name: NAME,
            self.email: EMAIL,
        }
        return types.get(index, "")


def _index_of(names: set[str], header: list[str]) -> int | None:
    return next((index for index, name in enumerate(header) if name in names), None)


def _state_column(rows: Sequence[Row], others: set[int | None]) -> int | None:
    """The first column with nothing but statuses, whatever its header is."""
    for index in range(max((len(row.cells) for row in rows), default=0)):
        words = {
            plain(cell) for row in rows for cell in row.cells[index : index + 1] if cell.strip()
        }
        is_status = words <= SUBSCRIBED_WORDS | UNSUBSCRIBED_WORDS
        if index not in others and words - OTHER_COLUMNS_TOO and is_status:
            return index
    return None


def _email_column(rows: Sequence[Row], header: list[str]) -> int | None:
    """By its header; of several the first with e-mail addresses, since “address” may be a postal one."""
    named = [index for index, name in enumerate(header) if name in HEADERS[EMAIL]]
    for index in named:
        if any(is_email(row.cells[index]) for row in rows if index < len(row.cells)):
            return index
    return named[0] if named else None


def _first_with_emails(rows: Sequence[Row]) -> int | None:
    indices = (index for row in rows for index, cell in enumerate(row.cells) if is_email(cell))
    return next(indices, None)


def is_email(cell: str) -> bool:
    """Whether a cell looks like an e-mail address, with or without a name."""
    text = cell.strip()
    return len(text) <= MAX_CELL_LENGTH and bool(ADDRESS.match(text) or ANGLE_ADDRESS.match(text))


def email_and_name(cell: str) -> tuple[str, str]:
    """Splits a cell into address and name; the name may be empty."""
    text = cell.strip()
    if len(text) <= MAX_CELL_LENGTH and (match := ANGLE_ADDRESS.match(text)):
        return match[2].removeprefix("mailto:"), match[1].strip().strip("\"'").strip()
    return text.removeprefix("mailto:"), ""


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    headers: frozenset[str]
    """Headers that together occur only in its exports, as `plain` returns them."""
    states: Mapping[str, str] = field(default_factory=dict)
    """Column type → header, where the header alone does not say the type."""
    note: str = ""
    """A hint for editors: what its exports do not contain."""

    def has_exported(self, header: frozenset[str]) -> bool:
        return self.headers <= header


SERVICES: Final = (
    Service(
        "Mailchimp",
        frozenset({"emailaddress", "memberrating", "leid", "euid"}),
        note="Each of its files holds people of one status; those who never subscribed are in “nonsubscribed…”.",
    ),
    Service(
        "listmonk",
        frozenset({"uuid", "email", "name", "attributes", "status"}),
        note=(
            "Its status is that of the address. Who has unsubscribed from a list, or never confirmed, is not in the "
            "file: export only confirmed subscriptions of the list."
        ),
    ),
    Service(
        "Buttondown", frozenset({"emailaddress", "type", "creationdate"}), states={"state": "type"}
    ),
    Service(
        "Buttondown",
        frozenset({"email", "subscribertype", "creationdate"}),
        states={"state": "subscribertype"},
    ),
    Service("Ghost", frozenset({"email", "subscribedtoemails", "complimentaryplan"})),
    Service("Substack", frozenset({"email", "activesubscription", "emaildisabled"})),
)
NEVER_SUBSCRIBED: Final = ("nonsubscribed",)
"""Beginnings of the names of files with people who never subscribed; no column says so."""


def service_of(header: frozenset[str]) -> Service | None:
    return next((each for each in SERVICES if each.has_exported(header)), None)
