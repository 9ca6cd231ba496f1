"""What a message is by its head: a report of a mail server, an automatic reply, a complaint, a letter."""

import re
from typing import Final

from newsletter.bounces.reading.mime import Headers, Opened

SERVER: Final = re.compile(
    r"(?i)mailer[-_. ]?daemon|post[-_]?master|\bndr@|mail[-_. ]?deliver|delivery[-_. ](?:sub)?system|mail[-_. ]?(?:system|server|service|administrator|gateway|router)|"
    r"system administrator|mdaemon|lsmtp|bounce|^\s*<>\s*$|imss|microsoft outlook|mailadm|smtp_mail|symantec|inet-?gw|no-?reply"
)
RETURNED: Final = re.compile(
    r"(?i)undeliver|deliver\w*\s*(?:status|fail|problem|report|notif|delay|warn|error|has failed|incomplete)|(?:fail|error|problem)\w*\s*(?:of |in |during |to )?deliver|"
    r"(?:mail|message) (?:delivery|system|could not|not delivered|error|fail|rejected|delay)|returned (?:mail|to sender)|returning (?:message )?to sender|failure notice|"
    r"failed mail|mail failed|bounce|not delivered|could not be delivered|automatically rejected|processing error|error sending|notice: mail|non[- ]deliver|blocked by|"
    r"warning: (?:message|could not)|user unknown|"
    r"unzustellbar|nicht zustell|zustellung|non remis|non recapit|échec|impossible de remettre|no se (?:pudo|puede) entregar|no entregado|não entregue|mancata consegna|onbestelbaar|"
    r"échec de la (?:remise|livraison|distribution)|non distribu|recapito non riuscito|impossibile recapitare|(?:no )?se ha podido entregar|não foi (?:possível )?entreg|falha na entrega|"
    r"kan niet worden (?:bezorgd|afgeleverd)|kunne ikke leveres|kunde inte levereras|nie można dostarczyć|niedostarczon|teslim edilemedi|não foi possível entregar|配信できません|配達不能|未送达|반송|전송 실패|"
    r"не доставлен|недоставлен|отправленное сообщение|配信不能|エラー|退信|无法投递|投递失败|系统退信"
)
REPLY: Final = re.compile(
    r"(?i)^\W*(?:re:\s*)?(?:auto(?:matic|mated|matisch\w*)?[-_ ]?(?:reply|response|respond\w*|antwort)|out[- ]of[- ](?:the[- ])?office|ooo\b|vacation|away from|on (?:leave|holiday|vacation)|"
    r"abwesenheit|automatische antwort|nicht im (?:büro|haus)|réponse automatique|absence|absent|risposta automatica|assente|respuesta autom[aá]tica|fuera de (?:la )?oficina|"
    r"resposta autom[aá]tica|automatisch antwoord|afwezig|autosvar|automaattinen|автоответ|автоматический ответ|自動応答|自動返信|不在|自动回复|자동|otomatik)"
)
COMPLAINING: Final = re.compile(
    r"(?i)complaint about (?:message|e-?mail) from|e-?mail feedback report|abuse report|spam report"
)


def is_from_server(head: Headers) -> bool:
    """Whether a mail server seems to speak: its name, or the empty return path."""
    path = head.get("return-path").strip()
    return is_called_server(head) or path in {"<>", "<MAILER-DAEMON>"}


def is_called_server(head: Headers) -> bool:
    """Whether it comes in the name of a mail server."""
    return bool(SERVER.search(head.words("from")))


def says_returned(head: Headers) -> bool:
    return bool(RETURNED.search(head.words("subject"))) or bool(head.get("x-failed-recipients"))


def is_report(message: Opened) -> bool:
    """Whether it carries a delivery status, or says that it does."""
    if message.report_type == "delivery-status":
        return True
    return any(part.kind.endswith("delivery-status") for part in message.parts)


def is_receipt(message: Opened) -> bool:
    """A receipt (RFC 8098): somebody has seen the mail, or thrown it away."""
    return message.report_type == "disposition-notification" or any(
        part.kind == "message/disposition-notification" for part in message.parts
    )


def is_feedback(message: Opened) -> bool:
    if message.report_type == "feedback-report":
        return True
    if any(part.kind == "message/feedback-report" for part in message.parts):
        return True
    return bool(COMPLAINING.search(message.headers.words("subject"))) and bool(message.returned)


def is_automatic_reply(head: Headers) -> bool:
    """An answer that no person wrote (RFC 3834), such as of somebody on holiday."""
    marked = head.get("auto-submitted").lower().startswith("auto-")
    marked = marked or any(
        head.get(name)
        for name in (
            "x-autoreply",
            "x-autorespond",
            "x-auto-reply",
            "x-autoresponder",
            "x-vacation",
        )
    )
    marked = marked or head.get("precedence").lower() in {"auto_reply", "auto-reply"}
    return marked or bool(REPLY.match(head.words("subject")))
