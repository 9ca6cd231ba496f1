"""Why a mail did not arrive, from what the mail server said and from its codes.

Servers say the same thing in a hundred ways, and give codes that contradict their words: a full mailbox as
5.1.1, an unknown one as 450. So the words are asked first and the code only where they say nothing known.
Among the words, those that name an obstacle which may go away come before those by which an address is
dead: a living address that is written to once too often costs nothing; one that is dropped costs a reader.
"""

import re
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    UNKNOWN_USER = "no such address"
    UNKNOWN_HOST = "no such domain"
    MOVED = "moved away"
    NO_MAIL = "the domain takes no mail"
    FULL = "mailbox full"
    SUSPENDED = "account locked or given up"
    FILTERED = "refused by the recipient's rules"
    BLOCKED = "our server or address is blocked"
    POLICY = "refused by policy, as spam, or for missing proof of sender"
    LATER = "too much at once, or asked to come later"
    TOO_LARGE = "too large"
    UNREACHABLE = "server out of reach, or waited too long"
    FAULT = "fault of a mail server"
    UNSAID = "no reason given"


HARD: Final = frozenset({Reason.UNKNOWN_USER, Reason.UNKNOWN_HOST, Reason.MOVED, Reason.NO_MAIL})

STATUS: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]|\.\d)")
REPLY: Final = re.compile(r"(?<![\d.])([45][0-5]\d)(?=[\s\-:;]|$)")
WEB_ADDRESS: Final = re.compile(r"(?i)\b(?:https?://|www\.)\S{1,2000}")
MAIL_ADDRESS: Final = re.compile(r"<?[^\s<>()\[\]\"';:,]{1,80}@[^\s<>()\[\]\"';:,]{1,255}>?")
BARE: Final = re.compile(r"(?i)\b(?:user unknown|unknown user)\b")
AT_RECIPIENT: Final = re.compile(
    r"(?i)\brcpt\b|does not like recipient|bad[ -]mailbox|recipient table|alias table"
)
"""Where a server checks addresses, and so knows what it says."""
AFTER_DATA: Final = re.compile(
    r"(?i)end of data|after i sent the message|final data|>>>\s*data\b|after data\b|\bdata send\b"
)


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


MAILBOX = r"(?:account|mail ?box|mail ?folder|maildir|user|recipient|address|inbox)"

SAID: Final[tuple[tuple[Reason, re.Pattern[str]], ...]] = (
    (
        Reason.FULL,
        _words(
            r"quota",
            r"mail ?(?:box|folder|dir)[^.]{0,40}\bfull\b",
            r"\bfull (?:mail ?box|mail ?folder)",
            r"user is full|inbox is full|account is full|disk full|no space left",
            r"(?:insufficient|not enough|out of|exceed\w*|no) (?:disk |mail |message |system )?(?:space|storage)",
            r"(?:space|storage)[^.]{0,20}(?:not enough|insufficient|exceeded|used up)",
            r"too much mail|too many messages (?:in|on|stored)|mailbox size limit|allowed size|allocated size",
            r"bo[iî]te aux lettres pleine|postfach[^.]{0,20}voll|buz[oó]n[^.]{0,20}lleno|casella[^.]{0,20}piena",
            r"caixa[^.]{0,30}cheia|ящик[^.]{0,20}(?:переполнен|заполнен)|一杯|容量|空间不足|空間不足|邮箱已满",
            r"mailbox is currently unavailable due to size|has exceeded (?:his|her|their|its)",
        ),
    ),
    (
        Reason.TOO_LARGE,
        _words(
            r"message (?:size )?(?:is )?too (?:big|large)|message size (?:exceeds|violation|limit)",
            r"(?:exceed|larger|bigger)\w*[^.]{0,40}(?:max\w*|fixed|allowed)?[^.]{0,20}\bmessage size",
            r"max\w* message size|size limit(?:ation)?s?\b|message exceeds|message length exceeds|message file too big",
        ),
    ),
    (Reason.UNKNOWN_HOST, _words(r"account or domain may not exist")),
    (
        Reason.UNKNOWN_USER,
        _words(
            r"recipient address rejected: access denied",
            r"rcpt[^.]{0,20}\b(?:unknown|not found|does not exist)|recipnotfound|recipientnotfound|notfoundbyaddress",
            r"invalid recipient[^.]{0,30}\bofr\w*416",
        ),
    ),
    (
        Reason.SUSPENDED,
        _words(
            rf"\b{MAILBOX}\b[^.]{{0,45}}\b(?:is|was|has been|been|temporarily|currently|:)?\s*(?:disabled|suspended|inactive|"
            r"deactivated|discontinued|locked|frozen|closed|terminated|cancell?ed|not active|no longer active|on hold)",
            r"(?:disabled|suspended|deactivated|inactive|locked|frozen|expired) (?:recipient )?(?:account|mail ?box|user|recipient)\b",
            r"account (?:has )?expired|mailbox (?:has )?expired|mailbox is not accessible|not collected (?:after|for)",
            r"(?:konto|postfach)[^.]{0,20}(?:gesperrt|deaktiviert)|compte[^.]{0,20}(?:suspendu|désactivé)",
        ),
    ),
    (
        Reason.POLICY,
        _words(
            r"relay(?:ing)?[^.]{0,20}(?:denied|not (?:permitted|allowed)|prohibited|access)|unable to relay|no relaying|mail relay",
            r"not (?:permitted|allowed) to relay|we do not relay|relay not|not a gateway|relaying to",
            r"dmarc|\bspf\b|\bdkim\b|sender id|authenticat\w+|purported responsible|unauthori[sz]ed|not authori[sz]ed",
            r"\bspam\w*|unsolicited|\bube\b|\buce\b|\bjunk\b|bulk (?:e-?)?mail|content (?:was )?(?:rejected|refused|denied)|message content",
            r"virus|malware|phishing|attachment|prohibited|forbidden|banned content|not accepted for policy|policy|violat",
            r"sender (?:address )?(?:is )?(?:rejected|denied|refused|not allowed|verify|verification|blocked|unknown|invalid)",
            r"sender domain|domain of sender|sender'?s? (?:address|domain)|from (?:address|header|domain)|mail from|return address|envelope sender",
            r"(?:valid|recogni[sz]ed|as a) sender|sending domain|you (?:are|were)n?'?t? (?:not )?(?:allowed|permitted|authori[sz]ed|recogni[sz]ed)",
            r"not (?:be )?accepting mail from|only accept\w*[^.]{0,40}(?:from|mail)|permission to (?:post|send)|not have permission|insufficient permission",
            r"8-bit data|improper use|header|message format|bare (?:lf|cr)|malformed (?:message|mime)|not rfc",
            r"tls|ssl|certificate|encrypt\w+|secur\w+",
        ),
    ),
    (
        Reason.BLOCKED,
        _words(
            r"black ?list\w*|block ?list|block(?:ed|é|ée)\b|bloqu\w+|blocking|\brbls?\b|dnsbl|spamhaus|barracudacentral|spamcop|sorbs",
            r"reputation|reverse dns|\bptr\b|\brdns\b|dns entries|ip (?:address )?(?:not|is|has|source)|client host|your (?:ip|host|server)\b",
            r"access denied|connection refused|refused to talk|connection rejected|not accept\w*[^.]{0,30}connection|banned|\(bl\)",
            r"helo|ehlo|dynamic|dial-?up|daily relay|service refuse",
        ),
    ),
    (
        Reason.LATER,
        _words(
            r"grey ?list\w*|gray ?list\w*|try (?:again )?later|try again|temporarily deferred|unexpected volume|rate limit\w*|too (?:many|fast|quickly)",
            r"throttl\w+|(?:recipients?|connections?|messages?|concurrent)[^.]{0,20}(?:limit|exceeded)|exceeded the (?:max\w*|rate|limit)|receiving mail at a rate",
            r"too frequently|resources temporarily|please retry|come back later|retry later|système occupé|plus tard|später",
        ),
    ),
    (
        Reason.MOVED,
        _words(
            r"(?:user|recipient|address|person|has|have)[^.]{0,20}\bmoved to\b|address has (?:been )?changed|has been replaced|new address is",
            r"has moved to|no longer (?:works|working|employed|with (?:us|the))|left the (?:company|organi[sz]ation)",
        ),
    ),
    (
        Reason.NO_MAIL,
        _words(
            r"null ?mx|no smtp service|does not accept (?:any )?(?:e-?)?mail|domain[^.]{0,30}not accept\w* (?:e-?)?mail",
            r"find a mail exchanger|no mx (?:record )?found|no (?:valid )?mail ?(?:hosts?|servers?|exchangers?) (?:found |exist|for)",
        ),
    ),
    (
        Reason.UNKNOWN_HOST,
        _words(
            r"unrouteable|unroutable|host (?:or domain )?(?:name )?(?:is )?(?:not found|unknown)|unknown (?:host|domain)|no such (?:host|domain)",
            r"domain[^.]{0,40}(?:does ?n[o']t exist|not exist|not found|is unknown|is invalid|may not exist)|(?:invalid|bad|non-?existent) (?:domain|host)",
            r"domain must exist|domain (?:name )?(?:could|can)n?o?t? (?:not )?be (?:found|resolved)|name or service not known|nxdomain",
            r"dns error[^.]{0,60}(?:not found|no such)|domain n'existe pas|domain[^.]{0,10}(?:existiert nicht|inexistente|non esiste)",
        ),
    ),
    (
        Reason.UNKNOWN_USER,
        _words(
            r"(?:unknown|no such|invalid|non-?existent|nonexistent|illegal|bad|unrecogni[sz]ed|wrong) (?:virtual |local |or illegal |final delivery |destination |e-?mail )?"
            r"(?:user|recipient|mail ?box|address(?:ee)?|account|local[- ]part|e-?mail|person|alias|user ?id|name|destination mailbox)",
            rf"\b{MAILBOX}s?\b[^.\n]{{0,60}}\b(?:not found|unknown|does ?n[o']t exist|do ?n[o']t exist|not exist|invalid|not known|not recogni[sz]ed|not valid|"
            r"was not found|could ?n[o']t be found|no longer (?:valid|exists?|in use|available)|not listed|wrong|nonexistent)",
            r"(?:user|account|e-?mail)[^.\n]{0,50}\b(?:that you tried to reach|you (?:entered|specified))[^.]{0,40}(?:not|n't) (?:exist|be found)",
            r"does ?n[o']t have (?:an? )?(?:\S{1,80} )?account|has no (?:\S{1,80} )?account|no (?:user|account|mailbox|person|one|body|recipient)[^.\n]{0,15}\b(?:by|with|of|at|here|found|under)\b",
            r"no such (?:\w+ ){0,2}(?:user|mail ?box|address\w*|account|person|recipient|alias|here)|no such (?:user)?here|not (?:our|a (?:known|valid|local)) (?:user|customer|recipient|mailbox|address)|is not (?:a|an) (?:known|valid|local) (?:user|mailbox|recipient|address)|"
            r"user not (?:found|known|here|local|exist)|not (?:a )?valid (?:user|recipient|mailbox)",
            r"mailbox unavailable|mailbox (?:name )?(?:is )?not (?:available|allowed|local)|addressee unknown|recipient unknown|bad address|"
            r"badrcptto|does not like recipient(?!\.\s*remote)|inactive e-?mail address|email address[^.]{0,40}couldn'?t be found",
            r"user(?:name)? (?:is )?unknown|not listed in|unknown recipient|recipient name is not recogni[sz]ed|did not exactly match|no matches to nameserver",
            r"(?:address|mailbox|account|user)[^.\n]{0,40}\b(?:n'existe|inexist|inconnu|unbekannt|existiert nicht|nicht gefunden|desconoc|sconosciut|non esiste|no existe|non trov|onbekend|niet gevonden)",
            r"(?:adresse|boîte|destinataire)[^.\n]{0,80}\bintrouvable|(?:dirección|buzón|destinatario)[^\n]{0,80}\bno se (?:ha )?enc[ou]\w+|"
            r"(?:indirizzo|casella|destinatario)[^.\n]{0,80}\bnon (?:è stat\w )?trovat|(?:endereço|destinatário|caixa)[^.\n]{0,80}\bnão (?:foi )?(?:encontrad|exist)|"
            r"(?:adres|postvak|gebruiker)[^.\n]{0,80}\b(?:bestaat niet|niet gevonden)|(?:adres|użytkownik|skrzynk)[^.\n]{0,80}\bnie (?:istnieje|został znalezion)|"
            r"存在しません|找不到(?:用户|收件人|邮箱)|"
            r"utilisateur inconnu|n'existe pas|destinataire[^.]{0,30}(?:invalide|inconnu)|empf(?:ä|ae)nger[^.]{0,30}(?:unbekannt|nicht)|usuario[^.]{0,30}(?:desconocid|no existe|inexist)|"
            r"utente[^.]{0,30}(?:sconosciut|non)|indirizzo[^.]{0,40}(?:errato|non)|пользовател\w*[^.]{0,30}не (?:найден|существует)|несуществующ|用户不存在|不存在|見つからない|あて先不明",
        ),
    ),
    (
        Reason.FILTERED,
        _words(
            r"message refused|user (?:refused|reject)\w*|refused to (?:accept|receive)|rejected by (?:the )?(?:recipient|user)|because the recipient|protected by|"
            r"automatically rejected|filter\w*",
        ),
    ),
    (
        Reason.UNREACHABLE,
        _words(
            r"time(?:d)? ?-?out|timeout|expired|too long|hops?\b|loop\w*|unreachable|not reachable|not respond\w*|no response|no answer|could not be contacted|"
            r"connection (?:was )?(?:dropped|lost|reset|closed|failed|timed)|network|lookup failure|name server|dns|routing|gateway|could not connect|can't connect|"
            r"establish an smtp connection|maximum[^.]{0,10}attempts|giving up|given up|exceeded retry|attempts",
        ),
    ),
    (
        Reason.FAULT,
        _words(
            r"local (?:configuration |delivery )?error|internal (?:server )?error|configuration error|command (?:died|output|time)|procmail|maildrop|i/o error|"
            r"system (?:error|problem|failure)|mailer error|pipe to|service unavailable|temporary (?:failure|error|problem)|not implemented|syntax error|protocol",
        ),
    ),
)

BY_STATUS: Final[dict[str, Reason]] = {
    "1.0": Reason.UNKNOWN_USER,
    "1.1": Reason.UNKNOWN_USER,
    "1.2": Reason.UNKNOWN_HOST,
    "1.3": Reason.UNKNOWN_USER,
    "1.4": Reason.UNKNOWN_USER,
    "1.6": Reason.MOVED,
    "1.7": Reason.POLICY,
    "1.8": Reason.POLICY,
    "1.9": Reason.FAULT,
    "1.10": Reason.NO_MAIL,
    "2.1": Reason.SUSPENDED,
    "2.2": Reason.FULL,
    "2.3": Reason.TOO_LARGE,
    "3.1": Reason.FULL,
    "3.4": Reason.TOO_LARGE,
    "4.3": Reason.UNREACHABLE,
    "4.4": Reason.UNKNOWN_HOST,
    "4.5": Reason.LATER,
    "5.3": Reason.LATER,
    "7.13": Reason.SUSPENDED,
}
BY_CLASS: Final[dict[str, Reason]] = {
    "2": Reason.FAULT,
    "3": Reason.FAULT,
    "4": Reason.UNREACHABLE,
    "5": Reason.FAULT,
    "6": Reason.POLICY,
    "7": Reason.POLICY,
}


def answers_in(letter: str) -> str:
    """Of a letter, what a mail server answered: from each code to the end of its paragraph; else all of it."""
    found = []
    for paragraph in re.split(r"\n[> \t]*\n", letter):
        begins = [
            each.start() for each in (STATUS.search(paragraph), REPLY.search(paragraph)) if each
        ]
        if begins:
            found.append(paragraph[min(begins) :])
    return "\n".join(found)


def status_in(words: str) -> str:
    """The last enhanced status code that says why, or nothing; X.0.0 says nothing."""
    found = [".".join(each) for each in STATUS.findall(words) if each[0] != "2"]
    telling = [code for code in found if not code.endswith(".0.0")]
    return (telling or found or [""])[0]


def reason_of(words: str, status: str = "") -> Reason:
    """Why, from what was said and from the code of the report."""
    said_status = status_in(words)
    plain = " ".join(MAIL_ADDRESS.sub(" @ ", WEB_ADDRESS.sub(" ", words[:4000])).split())
    found = next((reason for reason, pattern in SAID if pattern.search(plain)), None)
    if found is Reason.UNKNOWN_USER and not _is_witnessed(words, plain, said_status or status):
        return Reason.FILTERED
    if found in {None, Reason.UNREACHABLE, Reason.FAULT}:
        return by_status(said_status) or by_status(status) or found or Reason.UNSAID
    return found or Reason.UNSAID


def _is_witnessed(words: str, plain: str, status: str) -> bool:
    """Whether “unknown user” is meant as it is said.

    An address is checked before the mail is taken. Whoever looks at the mail first and then says
    that there is no such user has filtered it; so has, often enough, whoever says these two words
    alone, with no code and no word on the step at which they were said.
    """
    if status[2:] in {"1.0", "1.1", "1.2", "1.3", "1.10"}:
        return True
    if AFTER_DATA.search(words):
        return False
    if AT_RECIPIENT.search(words) or not BARE.search(plain):
        return True
    return _said_otherwise(BARE.sub(" ", plain))


def _said_otherwise(rest: str) -> bool:
    """Whether, besides the bare words, something says that there is no such address."""
    return any(reason is Reason.UNKNOWN_USER and pattern.search(rest) for reason, pattern in SAID)


def by_status(status: str) -> Reason | None:
    """What an enhanced code says by itself; a temporary one never says that an address is dead."""
    code, _, rest = status.partition(".")
    if code not in {"4", "5"} or rest == "0.0":
        return None
    reason = BY_STATUS.get(rest) or BY_CLASS.get(rest.partition(".")[0])
    return Reason.UNREACHABLE if code == "4" and reason in HARD else reason
