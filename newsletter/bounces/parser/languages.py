"""What mail servers write: one table of regular expressions for each language, by reason and topic.

To add a language, add a table for the topics that you know, and name it in `ALL`. Written from what mail systems say in
general, so each pattern must make sense without a message at hand.
"""

from collections.abc import Iterator
from typing import Final

from newsletter.bounces.parser.report import Reason, Table, Topic

MAILBOX = r"(?:account|mail ?address|mail ?box|mail ?folder|maildir|user|recipient|address|inbox)"
WHO = r"(?:user(?: ?name| ?id)?|recipient|mail ?box|account|addressee|person|alias|e-?mail address|local[- ]part|customer|subscriber)"
GONE = r"(?:unknown|not found|does ?n[o']?t exist|do ?n[o']?t exist|not exist|did ?n[o']t exist|not known|could ?n[o']?t be found|can ?n[o']?t be found|not valid|nonexistent|non-existent|unrecogni[sz]ed|not recogni[sz]ed)"

FULL: Final = (
    r"quota",
    r"mail ?(?:box|folder|dir)[^.]{0,40}\bfull\b",
    r"\bfull (?:mail ?box|mail ?folder|inbox)",
    r"(?:user|inbox|account) is (?:full|over)|disk full|no space left",
    r"(?:insufficient|not enough|out of|exceed\w*|no) (?:disk |mail |message |system )?(?:space|storage)",
    r"(?:space|storage)[^.]{0,20}(?:not enough|insufficient|exceeded|used up|full)",
    r"too much mail|too many messages (?:in|on|stored)|mailbox size limit|allowed size|allocated size",
    r"mailbox is currently unavailable due to size|has exceeded (?:his|her|their|its)",
    r"mail ?box[^.]{0,30}(?:exceed\w+|over|reached)[^.]{0,30}(?:size|limit|capacity|allocation)|over the (?:maximum |allowed )?(?:storage|limit for)",
)
TOO_LARGE: Final = (
    r"message (?:size )?(?:is )?too (?:big|large|long)|message size (?:exceeds|violation|limit)",
    r"(?:exceed|larger|bigger)\w*[^.]{0,40}(?:max\w*|fixed|allowed)?[^.]{0,20}\bmessage size",
    r"max\w* message size|size limit(?:ation)?s?\b|message exceeds|message length exceeds|message file too big",
    r"(?:mail|message|attachment|body|content)[^.]{0,20}(?:too (?:big|large)|exceeds (?:the )?(?:max\w*|size|limit))",
)
SENDER: Final = (
    r"sender (?:address )?(?:is )?(?:rejected|denied|refused|not allowed|verify|verification|blocked|unknown|invalid)|unknown sender|invalid sender",
    r"sender domain|domain of sender|sender'?s? (?:address|domain)|return address|envelope sender|sender[^.]{0,30}(?:not exist|unknown|not found|invalid)",
    r"(?:verify|verification|callout)[^.]{0,30}\bsender|(?:your|sending|originat\w+) (?:domain|e-?mail address)[^.]{0,40}(?:not exist|unknown|not found|resolve|invalid|mx)",
)
WAIT: Final = (
    r"host not found,? (?:but )?try again|temporar\w+[^.]{0,30}(?:look ?up|resol\w+|dns|name)[^.]{0,20}(?:fail\w*|error|problem)|(?:dns|mx|name) (?:lookup|resolution)[^.]{0,20}(?:timed|timeout|temporar)",
    r"(?:recipient )?address verification in progress|unable to verify (?:the )?(?:address|recipient|user) (?:at this time|now|right now)|temporarily unable to (?:verify|validate)",
)
UNKNOWN_ACCOUNT: Final = (r"account or domain may not exist",)
UNKNOWN_FIRST: Final = (
    r"recipient address rejected: access denied",
    r"rcpt[^.]{0,20}\b(?:unknown|not found|does not exist)|recipnotfound|recipientnotfound|notfoundbyaddress",
    r"invalid recipient[^.]{0,30}\bofr\w*416",
    r"recipient unknown|no such recipient|recipient (?:is )?not found|recipient does ?n[o']t exist",
)
SUSPENDED: Final = (
    (
        rf"\b{MAILBOX}\b[^.]{{0,45}}\b(?:is|was|has been|been|temporarily|currently|:)?\s*(?:disabled|suspended|inactive|"
        r"deactivated|discontinued|locked|frozen|closed|terminated|cancell?ed|not active|no longer active|on hold|archived|blocked by the administrator)"
    ),
    r"(?:disabled|suspended|deactivated|inactive|locked|frozen|expired|dormant|unused|abandoned) (?:recipient )?(?:account|mail ?box|user|recipient)\b",
    r"account (?:has )?expired|mailbox (?:has )?expired|mailbox is not accessible|not collected (?:after|for)",
    r"user or domain is disabled|(?:extended|prolonged) inactivity|has not (?:logged in|checked)|mailbox unavailable or access denied|address no longer accepts? mail",
)
RELAY: Final = (
    r"relay(?:ing)?[^.]{0,20}(?:denied|not (?:permitted|allowed)|prohibited|access|refused|rejected)|unable to relay|no relaying|mail relay|(?:cannot|can't|won't|not) relay",
    r"not (?:permitted|allowed) to relay|we do not relay|relay not|not a gateway|relaying to|(?:isn't|not) in my list of allowed rcpthosts|not (?:a )?local (?:domain|host)",
)
MOVED: Final = (
    r"(?:user|recipient|address|person|has|have)[^.]{0,20}\bmoved to\b|address has (?:been )?changed|has been replaced|new address is",
    r"has moved to|no longer (?:works|working|employed|with (?:us|the))|left the (?:company|organi[sz]ation)|(?:user|recipient)[^.]{0,30}has moved",
)
NO_MAIL: Final = (
    r"null ?mx|no smtp service|(?:host|domain|server|machine|site|system)[^.]{0,60}does ?n[o']t accept (?:any )?(?:e-?)?mail|does not accept (?:any )?(?:e-?)?mail|domain[^.]{0,30}not accept\w* (?:e-?)?mail",
    r"find a mail exchanger|no mx (?:record )?found|no (?:valid |usable )?(?:mail ?)?(?:hosts?|servers?|exchangers?|mx(?: records?)?) (?:were )?(?:found |exist|for)",
    r"all (?:relevant )?mx records point to non-?existent hosts|mx records? (?:do(?:es)? not|doesn't|don't) exist|(?:has|have) no mail ?(?:exchangers?|servers?)",
)
UNKNOWN_CERTAIN: Final = (
    rf"(?:unknown|no such|non-?existent|nonexistent|unrecogni[sz]ed) (?:virtual |local |or illegal |final delivery |destination |e-?mail )?{WHO}\b(?! ?server)",
    rf"(?<!sender )(?<!your )(?<!ip )(?<!from )\b{WHO}s?(?: (?:address|name))?(?: @)?[\"' ]{{0,2}} ?(?:(?:is|was|were|are|has been|:|-) ?)?(?:an? )?(?:currently )?{GONE}",
    rf"(?:user|account|e-?mail)[^.\n]{{0,50}}\b(?:that you tried to reach|you (?:entered|specified|sent))[^.]{{0,40}}{GONE}",
    r"does ?n[o']t have (?:an? )?(?:\S{1,80} )?account|has no (?:\S{1,80} )?account|no (?:user|account|mail ?box|person|one|body|recipient)[^.\n]{0,15}\b(?:by|with|of|at|here|found|under)\b",
    (
        r"no such (?:\w+ ){0,2}(?:user|mail ?box|address\w*|account|person|recipient|alias|here)|no such (?:user)?here|"
        r"\bnot (?:our|an? (?:known|valid|local|existing|active)|one of our) (?:e-?mail )?(?:user|customer|recipient|mail ?box|address|account)"
    ),
    r"user(?:name)? (?:is )?(?:not )?(?:unknown|found|known|here|local|exist|present|defined)|mailbox not (?:here|present|defined)",
    r"can(?:'t| ?not) (?:find|locate|resolve) (?:the |a |any )?(?:user|recipient|mail ?box|account)|unable to (?:find|locate|validate|resolve) (?:the )?(?:user|recipient|mail ?box|account)|(?:user|recipient|account) lookup fail",
    r"(?:user|recipient)(?: name)? (?:@ )?(?:is )?not (?:listed|found|present|unique) in|not listed in (?:the )?(?:public )?(?:domino )?(?:name|directory)|matching (?:user|recipient|entry)? ?not found",
    r"(?:there is|there's) no (?:one|body|such|user|account|mailbox)|(?:doesn't|does not|don't) (?:handle|accept|receive) (?:e-?)?mail for (?:that|this) (?:user|address|recipient)",
)
POLICY: Final = (
    r"dmarc|\bspf\b|\bdkim\b|sender id|authenticat\w+|purported responsible|unauthori[sz]ed|not authori[sz]ed",
    r"\bspam\w*|unsolicited|\bube\b|\buce\b|\bjunk\b|bulk (?:e-?)?mail|content (?:was )?(?:rejected|refused|denied)|message content",
    r"virus|malware|phishing|attachments?[^.]{0,30}(?:not (?:allowed|accepted|permitted)|type|blocked|removed)|(?:blocked|banned|dangerous|executable)[^.]{0,20}attachment|prohibited|forbidden|banned content|not accepted for policy|policy|violat",
    r"from (?:address|header|domain)|mail from[^.]{0,40}(?:reject|refus|denied|not (?:allow|accept|permit)|block|unknown|invalid)|(?:accept|refus|reject|block)\w*[^.]{0,20}mail from",
    r"(?:valid|recogni[sz]ed|as a) sender|sending domain|you (?:are|were)n?'?t? (?:not )?(?:allowed|permitted|authori[sz]ed|recogni[sz]ed)",
    r"not (?:be )?accepting mail from|only accept\w*[^.]{0,40}(?:from|mail)|permission to (?:post|send)|not have permission|insufficient permission",
    r"8-bit data|improper use|headers?[^.]{0,30}(?:invalid|missing|malformed|syntax|too|error|violat|not)|(?:missing|invalid|bad|duplicate|malformed|multiple)[^.]{0,20}header|message format|bare (?:lf|cr)|malformed (?:message|mime)|not rfc",
    r"tls|ssl|certificate|encrypt\w+|secur\w+",
)
BLOCKED: Final = (
    r"black ?list\w*|deny ?list\w*|block ?list|block(?:ed|é|ée)\b|blocking|\brbls?\b|dnsbl|spamhaus|barracudacentral|spamcop|sorbs",
    r"reputation|reverse dns|\bptr\b|\brdns\b|dns entries|ip (?:address )?(?:not|is|has|source)|client host|your (?:ip|host|server)\b",
    r"access denied|connection refused|refused to talk|connection rejected|not accept\w*[^.]{0,30}connection|banned|\(bl\)",
    r"helo|ehlo|dynamic|dial-?up|daily relay|service refuse",
)
LATER: Final = (
    r"grey ?list\w*|gray ?list\w*|try (?:again )?later|try again|temporarily (?:deferred|rejected)|unexpected volume|rate limit\w*|too (?:many|fast|quickly|busy)",
    r"throttl\w+|(?:recipients?|connections?|messages?|concurrent)[^.]{0,20}(?:limit|exceeded)|exceeded the (?:max\w*|rate|limit)|receiving mail at a rate",
    r"too frequently|resources temporarily|please retry|come back later|retry later|server (?:is )?busy",
)
UNKNOWN_HOST: Final = (
    r"illegal (?:host|domain)|returned answer with no data|unrouteable|unroutable|host (?:or domain )?(?:name )?(?:is )?(?:not found|unknown)|unknown (?:host|domain)|no such (?:host|domain)",
    r"domain[^.]{0,40}(?:does ?n[o']t exist|not exist|not found|is unknown|is invalid|may not exist|expired)|(?:invalid|bad|non-?existent) (?:domain|host)",
    r"domain must exist|domain (?:name )?(?:could|can)n?o?t? (?:not )?be (?:found|resolved)|name or service not known|nxdomain",
    r"dns error[^.]{0,60}(?:not found|no such)|(?:could ?n[o']t|can(?:'t| ?not)|unable to) find any host|could ?n[o']t (?:find|resolve) (?:the )?(?:host|domain)|name service error[^.]{0,60}not found",
)
UNKNOWN_USER: Final = (
    (
        r"(?:unknown|no such|invalid|non-?existent|nonexistent|illegal|bad|unrecogni[sz]ed|wrong|incorrect) (?:virtual |local |or illegal |final delivery |destination |e-?mail |user )?"
        r"(?:user|recipient|mail ?box|address(?:ee)?|account|local[- ]part|e-?mail|person|alias|user ?id|name|destination mailbox)"
    ),
    (
        rf"\b{MAILBOX}s?\b[^.\n]{{0,60}}\b(?:not found|unknown|does ?n[o']t exist|do ?n[o']t exist|not exist|invalid|not known|not recogni[sz]ed|not valid|"
        r"was not found|could ?n[o']t be found|no longer (?:valid|exists?|in use|available|on (?:this )?server)|not listed|wrong|nonexistent|misspel\w+|incorrect|undeliverable)"
    ),
    (
        r"mailbox unavailable|mailbox (?:name )?(?:is )?not (?:available|allowed|local)|addressee unknown|bad address|undeliverable address|"
        r"badrcptto|badrecipientto|validrcptto|does not like recipient(?!\.\s*remote)|inactive e-?mail address|email address[^.]{0,40}couldn'?t be found"
    ),
    r"recipient name is not recogni[sz]ed|did not exactly match|no matches to nameserver|no longer (?:a valid|has an) (?:e-?mail|account|address)|(?:user|mailbox)[^.]{0,20}missing home directory",
    r"(?:recipient|address|rcpt) (?:address )?(?:was |is )?rejected(?:\W*$|: ?[\w-]+(?:\.[\w-]+)+)|address(?:es)? (?:is |was |were )?rejected by (?:the )?(?:server|remote)|(?:destination )?server rejected (?:the )?recipients?|no valid recipients?|recipient not (?:ok|accepted|valid|allowed)",
)
FILTERED: Final = (
    r"message refused|user (?:refused|reject)\w*|refused to (?:accept|receive)|rejected by (?:the )?(?:recipient|user)|because the recipient|protected by",
    r"automatically rejected|filter\w*|recipient preferences|not accepting (?:any )?mail",
)
UNREACHABLE: Final = (
    r"time(?:d)? ?-?out|timeout|expired|too long|hops?\b|loop\w*|unreachable|not reachable|not respond\w*|no response|no answer|could not be contacted",
    r"connection (?:was )?(?:dropped|lost|reset|closed|failed|timed)|network|lookup failure|name server|dns|routing|gateway|could not connect|can't connect",
    r"establish an smtp connection|maximum[^.]{0,10}attempts|giving up|given up|exceeded retry|retry time|attempts",
)
FAULT: Final = (
    r"local (?:configuration |delivery )?error|internal (?:server )?error|configuration error|command (?:died|output|time)|procmail|maildrop|i/o error",
    r"system (?:error|problem|failure)|mailer error|pipe to|service unavailable|temporary (?:failure|error|problem)|not implemented|syntax error|protocol",
)

ENGLISH: Final[Table] = {
    Topic.FAILED: (
        r"undeliver|not (?:be |been |yet been )?(?:deliver|accept|receiv)|could ?n[o']t (?:be )?deliver|unable to (?:deliver|send)|fail|reject|bounce",
        r"did not (?:reach|receive|exactly)|could not|cannot|can't|unknown|no such|invalid|does ?n[o']t exist|not exist|not found|wrong|no longer|not (?:a )?valid",
        r"error|problem|quota|mailbox|full|returned|delay|postponed|refused|block|not listed|loops? back|too many|too large|expired|timed out|disabled|suspended|exceed|denied",
    ),
    Topic.SUBJECT: (
        r"undeliver|deliver\w*\s*(?:status|fail|problem|report|notif|delay|warn|error|has failed|incomplete)|(?:fail|error|problem)\w*\s*(?:of |in |during |to )?deliver",
        r"(?:mail|message) (?:delivery|system|could not|not delivered|error|fail|rejected|delay)|returned (?:mail|to sender)|returning (?:message )?to sender|failure notice",
        r"failed mail|mail failed|bounce|not delivered|could not be delivered|automatically rejected|processing error|error sending|notice: mail|non[- ]deliver|blocked by",
        r"warning: (?:message|could not)|user unknown",
    ),
    Topic.RETURNED: (
        r"(?:this|here|below|enclosed|included|attached|following)\b.{0,60}\b(?:copy|message|mail)\b.{0,40}\b(?:header|message|part|line)",
        r"(?:the )?(?:header|headers|first|start|copy|top)\b.{0,30}\bof (?:the |your |a )?(?:original|returned|message|unsent|bounced)",
        r"(?:original|returned|unsent|undelivered|bounced|source|old|forwarded)[ -](?:message|mail|e-mail)\b(?! (?:was|is|has|to))",
        r"message (?:header|headers|text|body)s? (?:follow|suppress)|below this line|your message reads",
    ),
    Topic.DELAYED: (
        r"warning (?:message )?only|not yet been delivered|has been delayed|is delayed|been postponed|will (?:be retried|continue to (?:attempt|try))",
        r"delivery attempts will continue|still being (?:re)?tried|awaiting delivery|temporary failure report|advisory-only|keep trying",
    ),
    Topic.REPLY: (
        r"auto(?:matic|mated|matisch\w*)?[-_ ]?(?:reply|response|respond\w*|antwort)|out[- ]of[- ](?:the[- ])?office|ooo\b|vacation|away from|on (?:leave|holiday|vacation)",
    ),
    Topic.RECIPIENT: (
        r"recipient|address(?:ed)?|userid|user|error-for|mailbox|deliver\w* (?:failed|attempts)|attempts|could not be delivered",
        r"undeliver\w*|deliver(?:ing)? (?:\w+ )?(?:message|mail)|mailbox is full|delivery|message|generated|expanded|recipient\(s\)|dda|violation",
    ),
    Topic.SENDER: (
        r"mail from|envelope-from|(?<!generated )(?<!expanded )from|sender|reply-to|return-path|contact|assistance|questions?|support|help ?desk|postmaster|abuse",
        r"message-id|subject|generat\w+ server|cc",
    ),
    Topic.RECEIPT: (
        r"\((?:success|relay\w*|expanded|delivered)\)|success\w* (?:mail )?deliver|delivered successfully|delivery (?:receipt|confirmation)",
    ),
    Topic.DELIVERED: ("delivered", "relayed", "read", "expanded"),
}


GERMAN: Final[Table] = {
    Topic.FAILED: (r"nicht (?:zugestellt|erreicht|gefunden|zustell\w+|ausgeliefert)", "unzustellbar", "fehlgeschlagen", "konnte(?:n)? nicht", "zurückgewiesen", "abgelehnt", "aufgeführt"),
    Topic.SUBJECT: ("unzustellbar", "nicht zustell", "zustellung", "nicht zugestellt", "zurückgesandt", "fehler bei der (?:zustellung|übermittlung)", "übermittlung fehlgeschlagen"),
    Topic.RETURNED: ("ursprüngliche nachricht", "originalnachricht", "kopfzeilen", "ursprüngliche e-?mail"),
    Topic.DELAYED: (r"(?:zustellung|nachricht)[^.]{0,40}verzögert", "weitere zustellversuche"),
    Topic.REPLY: ("abwesenheit", "automatische antwort", r"nicht im (?:büro|haus)", "urlaub"),
    Topic.RECIPIENT: ("empfänger",),
    Topic.SENDER: ("absender",),
    Topic.RECEIPT: ("zustellbestätigung",),
    Topic.DELIVERED: ("zugestellt", "übermittelt", "gelesen"),
    Reason.UNKNOWN_USER: (
        r"(?:adresse|postfach|konto|benutzer|empf(?:ä|ae)nger|mailbox|teilnehmer)\w*[^.\n]{0,60}\b(?:unbekannt|existiert (?:hier )?nicht|(?:konnte )?nicht gefunden|nicht bekannt|ungültig|nicht vorhanden|gibt es nicht)",
        r"(?:unbekannte[rn]?|ungültige[rns]?|kein(?:en)? (?:solche[rn]? |gültige[rn]? )?)\s?(?:empfänger|benutzer|adresse|postfach|konto|teilnehmer|e-?mail-?adresse)",
        r"empf(?:ä|ae)nger[^.]{0,30}nicht",
    ),
    Reason.UNKNOWN_HOST: (r"(?:domain|domäne|host|server)[^.\n]{0,40}(?:existiert nicht|unbekannt|nicht gefunden|gibt es nicht)",),
    Reason.FULL: (r"postfach[^.]{0,40}voll|(?:speicherplatz|kontingent|postfachgröße|speicher)[^.]{0,40}(?:überschritten|erschöpft|voll|ausgeschöpft)|mailbox[^.]{0,20}(?:ist )?voll",),
    Reason.SUSPENDED: (r"(?:konto|postfach|benutzer|empfänger|adresse)[^.]{0,30}(?:gesperrt|deaktiviert|stillgelegt|abgeschaltet|geschlossen)",),
    Reason.TOO_LARGE: (r"(?:nachricht|e-?mail|mail|anhang)[^.]{0,30}zu (?:groß|gross)",),
    Reason.POLICY: (r"als (?:spam|unerwünscht)|unerwünschte (?:werbung|e-?mail|nachricht)|richtlinie",),
    Reason.LATER: ("später (?:erneut|noch ?einmal|wieder)|versuchen sie es (?:bitte )?später|später",),
    Reason.MOVED: (r"(?:neue (?:e-?mail-?)?adresse|umgezogen|nicht mehr (?:bei uns|im unternehmen|tätig))",),
}  # fmt: skip
FRENCH: Final[Table] = {
    Topic.FAILED: ("n['’]a (?:pas )?pu", r"non (?:remis|distribu\w*)", "échou", "échec", "impossible", "introuvable", "n['’]existe pas", "n['’]ont pas pu", "refusé", "rejeté"),
    Topic.SUBJECT: ("non remis", "échec", "impossible de remettre", "échec de la (?:remise|livraison|distribution)", "non distribu", "retour(?:né)? à l['’]expéditeur", "message non délivré", "non délivr"),
    Topic.RETURNED: ("message d['’]origine", "message original", "en-têtes (?:de message|du message)"),
    Topic.DELAYED: (r"(?:remise|distribution|message)[^.]{0,30}(?:retardée?|différée?)",),
    Topic.REPLY: ("réponse automatique", "absence", "absente?s?", "en congés?"),
    Topic.RECIPIENT: ("utilisateur", r"destinat\w+"),
    Topic.SENDER: ("expéditeur",),
    Topic.DELIVERED: ("remis", "distribué", "lu"),
    Reason.UNKNOWN_USER: (
        r"(?:adresse|boîte|boite|compte|utilisateur|destinataire|usager)[^.\n]{0,80}\b(?:n['’]existe|inexist\w*|inconnue?s?|introuvable|invalide|incorrecte?|erronée?|non trouvée?)",
        r"n['’]existe pas|aucun (?:compte|utilisateur|destinataire)|(?:utilisateur|destinataire|adresse) inconnue?",
    ),
    Reason.UNKNOWN_HOST: (r"(?:domaine|serveur|hôte)[^.\n]{0,30}(?:n['’]existe pas|inconnu|introuvable|inexistant)",),
    Reason.FULL: (r"bo[iî]te[^.\n]{0,40}pleine|quota|espace[^.\n]{0,30}(?:insuffisant|dépassé)|plus (?:assez )?d['’]espace|capacité[^.\n]{0,20}dépassée",),
    Reason.SUSPENDED: (r"(?:compte|bo[iî]te|adresse|destinataire)[^.\n]{0,30}(?:suspendu|désactivé|bloqué|fermé|archivé|inactif|inactive)",),
    Reason.TOO_LARGE: (r"(?:message|courriel|pièce jointe)[^.\n]{0,30}(?:trop (?:gros|volumineux|grand)|dépasse)",),
    Reason.POLICY: (r"considéré comme (?:du )?(?:spam|indésirable)|courrier indésirable|pourriel",),
    Reason.BLOCKED: (r"(?:adresse ip|serveur)[^.\n]{0,30}bloquée?|\bbloquée?\b",),
    Reason.LATER: (r"système occupé|plus tard|trop de (?:connexions|messages|destinataires)|réessayer",),
    Reason.MOVED: (r"nouvelle adresse|ne travaille plus|a changé d['’]adresse",),
}  # fmt: skip
SPANISH: Final[Table] = {
    Topic.FAILED: (r"no (?:pudo|se pudo|se ha podido|se puede|ha sido|fue)", "no se encontr", "no existe", "rechazad", "fallo", "falló", "imposible"),
    Topic.SUBJECT: (r"no se (?:pudo|puede|ha podido) entregar", "no entregado", r"(?:no )?se ha podido entregar", "error (?:de|en la) entrega", "devuelto al remitente", "mensaje no entregado", "fallo en la entrega"),
    Topic.RETURNED: ("mensaje original", "encabezados"),
    Topic.DELAYED: (r"(?:entrega|mensaje)[^.]{0,40}(?:retrasad|demorad|aplazad)",),
    Topic.REPLY: ("respuesta autom[aá]tica", "fuera de (?:la )?oficina", "ausente", "vacaciones"),
    Topic.RECIPIENT: (r"destinat\w+",),
    Topic.SENDER: ("remitente",),
    Topic.DELIVERED: ("entregado", "leído"),
    Reason.UNKNOWN_USER: (
        r"(?:direcci[oó]n|buz[oó]n|cuenta|usuario|destinatario|correo)[^.\n]{0,80}\b(?:no (?:se )?(?:ha )?(?:existe|enc[ou]\w+|es v[aá]lid\w)|desconocid\w|inexistente|inv[aá]lid\w|incorrect\w)",
        r"no existe (?:dicha|ese|esa|el|la|este|esta|tal)|(?:usuario|destinatario|cuenta) desconocid",
    ),
    Reason.UNKNOWN_HOST: (r"dominio[^.\n]{0,30}(?:no existe|inexistente|desconocido|no encontrado|no se encontr)",),
    Reason.FULL: (r"(?:buz[oó]n|cuenta|casilla|bandeja)[^.\n]{0,40}(?:llen[oa]|excedid|super\w+)|(?:cuota|espacio)[^.\n]{0,30}(?:excedid|insuficiente|super\w+|agotad)|sin espacio",),
    Reason.SUSPENDED: (r"(?:cuenta|buz[oó]n|usuario)[^.\n]{0,30}(?:suspendid|desactivad|deshabilitad|inhabilitad|bloquead|inactiv|cancelad|cerrad)",),
    Reason.TOO_LARGE: (r"(?:mensaje|correo|adjunto)[^.\n]{0,30}(?:demasiado grande|excede|supera)",),
    Reason.POLICY: (r"correo no deseado|considerado (?:como )?spam",),
    Reason.BLOCKED: (r"bloquead[oa]",),
    Reason.LATER: (r"int[eé]ntelo (?:de nuevo |nuevamente )?m[aá]s tarde|m[aá]s tarde|demasiad[oa]s (?:conexiones|mensajes|destinatarios)",),
    Reason.MOVED: (r"nueva direcci[oó]n|ya no trabaja|ha cambiado de direcci[oó]n",),
}  # fmt: skip
PORTUGUESE: Final[Table] = {
    Topic.FAILED: (r"(?:não|nao) (?:pode|pôde|foi|existe|encontrad\w|é possível)", "rejeitad", "recusad", "falhou", "falha"),
    Topic.SUBJECT: ("não entregue", r"não foi (?:possível )?entreg", "falha na entrega", "devolvid[ao] ao remetente", "mensagem não entregue", "erro (?:de|na) entrega"),
    Topic.RETURNED: ("mensagem original", "cabeçalhos"),
    Topic.DELAYED: (r"(?:entrega|mensagem)[^.]{0,40}(?:atrasada|adiada)",),
    Topic.REPLY: ("resposta autom[aá]tica", "ausência", "fora do escritório", "férias"),
    Topic.RECIPIENT: (r"destinat\w+",),
    Topic.DELIVERED: ("entregue", "lida"),
    Reason.UNKNOWN_USER: (
        r"(?:endereço|destinatário|caixa|conta|utilizador|usuário|usuario|e-?mail)[^.\n]{0,80}\b(?:(?:não|nao) (?:foi )?(?:encontrad|exist|é válid|localizad|cadastrad)|inexistente|desconhecid|inválid|incorret)",
        r"(?:usuário|usuario|utilizador|destinatário|endereço) (?:desconhecid|inexistente|inválid)",
    ),
    Reason.UNKNOWN_HOST: (r"dom[ií]nio[^.\n]{0,30}(?:não existe|inexistente|desconhecido|não (?:foi )?encontrado)",),
    Reason.FULL: (r"caixa[^.\n]{0,40}(?:cheia|lotada)|(?:cota|quota|espaço|limite de armazenamento)[^.\n]{0,30}(?:excedid|insuficiente|esgotad|ultrapassad)|sem espaço",),
    Reason.SUSPENDED: (r"(?:conta|caixa|usuário|utilizador)[^.\n]{0,30}(?:suspens|desativad|bloquead|inativ|cancelad|encerrad)",),
    Reason.TOO_LARGE: (r"(?:mensagem|anexo)[^.\n]{0,30}(?:muito grande|demasiado grande|excede)",),
    Reason.BLOCKED: (r"bloquead[oa]",),
    Reason.LATER: (r"(?:tente|tentar) (?:novamente )?mais tarde|mais tarde",),
    Reason.MOVED: (r"novo endereço|não trabalha mais|já não trabalha",),
}  # fmt: skip
ITALIAN: Final[Table] = {
    Topic.FAILED: (r"non (?:recapit|consegn|è riuscito|è stat\w|riuscit|trovat|esiste|può)", "impossibile", "respint", "rifiutat", "fallit"),
    Topic.SUBJECT: ("mancata consegna", "recapito non riuscito", "impossibile recapitare", "mancato recapito", "messaggio non (?:consegnato|recapitato)", "errore di consegna"),
    Topic.RETURNED: ("messaggio originale", "intestazioni originali"),
    Topic.DELAYED: (r"(?:consegna|recapito|messaggio)[^.]{0,40}(?:ritardat|posticipat|ritardo)",),
    Topic.REPLY: ("risposta automatica", "assente", "fuori (?:ufficio|sede)", "ferie"),
    Topic.RECIPIENT: (r"destinat\w+",),
    Topic.SENDER: ("mittente",),
    Topic.DELIVERED: ("consegnato", "letto"),
    Reason.UNKNOWN_USER: (
        r"(?:indirizzo|casella|destinatario|utente|account)[^.\n]{0,80}\b(?:non (?:è stat\w )?(?:esist\w+|trovat\w|valid\w|presente)|sconosciut\w|inesistente|errat\w|non è valid\w)",
        r"nessun(?:a)? (?:utenza|utente|casella)|indirizzo[^.]{0,40}(?:errato|non)|utente[^.]{0,30}(?:sconosciut|non)",
    ),
    Reason.UNKNOWN_HOST: (r"dominio[^.\n]{0,30}(?:non esiste|inesistente|sconosciuto|non trovato)",),
    Reason.FULL: (r"casella[^.\n]{0,40}piena|(?:quota|spazio)[^.\n]{0,30}(?:superat|esaurit|insufficiente)",),
    Reason.SUSPENDED: (r"(?:casella|account|utente|utenza)[^.\n]{0,30}(?:sospes|disabilitat|disattivat|bloccat|scadut|chius)",),
    Reason.TOO_LARGE: (r"(?:messaggio|allegato)[^.\n]{0,30}(?:troppo grande|supera)",),
    Reason.BLOCKED: (r"bloccat[oa]",),
    Reason.LATER: (r"riprova\w*|più tardi|in un secondo momento",),
    Reason.MOVED: (r"nuovo indirizzo|non lavora più",),
}  # fmt: skip
DUTCH: Final[Table] = {
    Topic.FAILED: (r"bestaat niet", r"niet (?:gevonden|worden (?:bezorgd|afgeleverd)|bezorgd|afgeleverd|geaccepteerd)", "mislukt", "onbestelbaar", "onbekend", "geweigerd"),
    Topic.SUBJECT: ("onbestelbaar", r"kan niet worden (?:bezorgd|afgeleverd)", "niet (?:bezorgd|afgeleverd)", "bezorging mislukt"),
    Topic.RETURNED: ("oorspronkelijk(?:e)? bericht",),
    Topic.DELAYED: ("bezorging[^.]{0,30}vertraagd",),
    Topic.REPLY: ("automatisch antwoord", "afwezig"),
    Topic.RECIPIENT: ("ontvanger",),
    Topic.DELIVERED: ("afgeleverd", "gelezen"),
    Reason.UNKNOWN_USER: (
        r"(?:adres|postvak|mailbox|gebruiker|ontvanger|geadresseerde|account)\w*[^.\n]{0,80}\b(?:bestaat niet|niet (?:gevonden|bekend|aanwezig)|onbekend|ongeldig)",
        r"(?:onbekende|ongeldige|geen (?:zulke )?)\s?(?:gebruiker|ontvanger|adres|postvak)",
    ),
    Reason.UNKNOWN_HOST: (r"domein\w*[^.\n]{0,30}(?:bestaat niet|onbekend|niet gevonden)",),
    Reason.FULL: (r"(?:postvak|mailbox|brievenbus)[^.\n]{0,40}\bvol\b|opslagruimte[^.\n]{0,30}(?:vol|overschreden)",),
    Reason.SUSPENDED: (r"(?:account|postvak|gebruiker)[^.\n]{0,30}(?:geblokkeerd|gedeactiveerd|uitgeschakeld|opgeheven)",),
    Reason.TOO_LARGE: (r"bericht[^.\n]{0,20}te groot",),
    Reason.LATER: (r"later opnieuw",),
}  # fmt: skip
NORDIC: Final[Table] = {
    Topic.FAILED: (r"ikke (?:leveres|funnet|fundet|afleveres)", r"(?:inte|kunde inte) (?:levereras|hittades|lämnas)", "misslyckades", "mislykkedes", "ei voitu", "toimitus epäonnistui"),
    Topic.SUBJECT: ("kunne ikke leveres", "kunde inte levereras", "kan inte levereras", "kunne ikke afleveres", "olevereret", "ei voitu toimittaa", "toimitus epäonnistui"),
    Topic.REPLY: ("autosvar", "automaattinen", "automatiskt svar", "frånvaro", "fraværende", "poissa"),
    Topic.RECIPIENT: ("mottagare", "modtager"),
    Reason.UNKNOWN_USER: (
        r"(?:adress|konto|användare|mottagare|brevlåda)\w*[^.\n]{0,60}(?:finns inte|hittades inte|kunde inte hittas|okänd|ogiltig)|okänd (?:användare|mottagare)",
        r"(?:adress|konto|bruger|bruker|modtager|mottaker|postkasse|postboks)\w*[^.\n]{0,60}(?:findes ikke|finnes ikke|eksisterer ikke|ikke (?:fundet|funnet)|ukendt|ukjent|ugyldig)|(?:ukendt|ukjent) (?:bruger|bruker|modtager|mottaker)",
        r"(?:osoite|käyttäjä|vastaanottaja|postilaatikko)\w*[^.\n]{0,60}(?:ei (?:ole|löydy|löytynyt)|tuntematon|virheellinen)|tuntematon (?:käyttäjä|vastaanottaja)",
    ),
    Reason.FULL: (r"(?:brevlåda|postlåda|inkorg|postkasse|postboks|indbakke|postilaatikko)\w*[^.\n]{0,40}(?:\bfull\b|fuld|täynnä)",),
}  # fmt: skip
POLISH_AND_CZECH: Final[Table] = {
    Topic.FAILED: (r"nie (?:można|istnieje|znaleziono|został\w*|udało)", "niedostarczon", "odrzucon", "nelze doručit", "nebyl\\w* doručen", "neexistuje"),
    Topic.SUBJECT: ("nie można dostarczyć", "niedostarczon", "nie dostarczono", "zwrot (?:wiadomości|poczty)", "nedoruč", "nelze doručit"),
    Topic.REPLY: ("automatyczna odpowiedź", "poza biurem", "nieobecność", "automatická odpověď"),
    Topic.RECIPIENT: ("odbiorca",),
    Reason.UNKNOWN_USER: (
        r"(?:adres|użytkownik|skrzynk|odbiorc|kont)\w*[^.\n]{0,80}\b(?:nie (?:istnieje|został znalezion|znaleziono|zosta\w+ odnalezion)|nieznan|nieprawidłow|niepoprawn)|nie (?:ma takiego|istnieje taki\w*) (?:użytkownik|adres|kont|odbiorc)\w*|nieznany (?:użytkownik|odbiorca|adres)",
        r"(?:adresa|uživatel|schránka|příjemce)\w*[^.\n]{0,60}(?:neexistuje|nenalezen|neznám)|neznámý (?:uživatel|příjemce)",
    ),
    Reason.UNKNOWN_HOST: (r"domen[ay][^.\n]{0,30}nie istnieje|doména[^.\n]{0,30}neexistuje",),
    Reason.FULL: (r"skrzynk\w*[^.\n]{0,40}(?:pełna|przepełnion|przekroczon)|przekroczon\w* (?:limit|pojemność)|schránka[^.\n]{0,30}plná",),
    Reason.SUSPENDED: (r"(?:kont|skrzynk)\w*[^.\n]{0,30}(?:zablokowan|zawieszon|nieaktywn|wyłączon)",),
    Reason.LATER: ("spróbuj (?:ponownie )?później",),
}  # fmt: skip
RUSSIAN: Final[Table] = {
    Topic.FAILED: (r"не (?:может|могло|удалось|удается|доставлен\w*|найден\w*|существует|было)", "невозможно", "недоставлен", "отклонен", "ошибка", "не вдалося"),
    Topic.SUBJECT: ("не доставлен", "недоставлен", "отправленное сообщение", "ошибка (?:доставки|при доставке)", "невозможно доставить", "не удалось доставить", "возвращ", "не доставлено"),
    Topic.RETURNED: ("ниже этой линии", "исходное (?:сообщение|письмо)"),
    Topic.DELAYED: (r"(?:доставка|сообщение|письмо)[^.]{0,40}(?:отложен|задерж)",),
    Topic.REPLY: ("автоответ", "автоматический ответ", "я в отпуске", "отпуск"),
    Topic.RECIPIENT: (r"получател\w*", r"адресат\w*"),
    Reason.UNKNOWN_USER: (
        r"(?:пользовател|адрес|ящик|получател|аккаунт)\w*[^.\n]{0,60}(?:не (?:найден|существует|зарегистрирован|известен)|несуществу|неизвест|неверн|недействител|отсутствует)|(?:несуществующ|неизвестн|неверн|нет так)\w* (?:пользовател|адрес|получател|почтов)\w*|несуществующ|нет такого (?:пользовател|адрес)",
        r"(?:користувач|адреса|скриньк|одержувач)\w*[^.\n]{0,60}(?:не (?:знайден|існує)|невідом)",
    ),
    Reason.UNKNOWN_HOST: (r"домен\w*[^.\n]{0,30}(?:не (?:существует|найден)|неизвест)",),
    Reason.FULL: (r"ящик\w*[^.\n]{0,30}(?:переполнен|заполнен)|(?:превышен\w*|исчерпан\w*)[^.\n]{0,40}(?:квот|объ[её]м|размер ящика|лимит)|недостаточно места",),
    Reason.SUSPENDED: (r"(?:ящик|аккаунт|пользовател|уч[её]тн\w+ запис)\w*[^.\n]{0,30}(?:заблокирован|отключ[её]н|удал[её]н|неактив)",),
    Reason.TOO_LARGE: (r"(?:сообщение|письмо)[^.\n]{0,30}(?:слишком (?:большое|велик)|превышает)",),
    Reason.POLICY: (r"спам\w*",),
    Reason.LATER: ("попробуйте (?:позже|позднее)|повторите (?:попытку )?позже",),
}  # fmt: skip
TURKISH: Final[Table] = {
    Topic.FAILED: ("bulunamadı", "teslim edilemedi", "iletilemedi", "reddedildi"),
    Topic.SUBJECT: ("teslim edilemedi", "iletilemedi", "teslim edilemeyen"),
    Topic.REPLY: ("otomatik",),
    Topic.RECIPIENT: ("alıcı",),
    Reason.UNKNOWN_USER: (r"(?:kullanıcı|adres|alıcı|hesap|posta kutusu)\w*[^.\n]{0,40}(?:bulunamadı|mevcut değil|geçersiz|bilinmiyor|bilinmeyen|yok)|(?:bilinmeyen|geçersiz) (?:kullanıcı|alıcı|adres)",),
    Reason.FULL: (r"(?:posta kutusu|kota)\w*[^.\n]{0,30}(?:dolu|aşıldı|doldu)",),
}  # fmt: skip
JAPANESE: Final[Table] = {
    Topic.FAILED: ("配信できません", "存在しません", "見つかりません", "送信できませんでした", "失敗", "エラー", "届け", "配達でき", "受信できません", "拒否"),
    Topic.SUBJECT: ("配信できません", "配達不能", "配信不能", "エラー", "送信できません", "配信に失敗", "配信失敗", "不達"),
    Topic.RETURNED: ("元のメッセージ", "元のメール"),
    Topic.DELAYED: ("配信[^。]{0,20}遅れ", "再送信を試み"),
    Topic.REPLY: ("自動応答", "自動返信", "不在"),
    Topic.RECIPIENT: ("宛先", "あて先"),
    Reason.UNKNOWN_USER: (
        r"(?:アドレス|ユーザー?|宛先|宛て先|あて先|受信者|メールボックス|アカウント)[^。\n]{0,60}(?:存在し(?:ません|ない)|見つかりません|見つかりませんでした|見つからない|不明|無効|間違|誤り|使われて)",
        r"あて先不明|宛先不明|存在しません|見つからない|登録されていません",
    ),
    Reason.UNKNOWN_HOST: (r"ドメイン[^。\n]{0,30}(?:存在し(?:ません|ない)|見つかりません|不明)",),
    Reason.FULL: (r"一杯|いっぱい|容量|満杯|受信箱[^。\n]{0,20}超過",),
    Reason.SUSPENDED: (r"(?:アカウント|ユーザー?|メールボックス)[^。\n]{0,30}(?:停止|無効になって|ロック|休止)",),
    Reason.TOO_LARGE: (r"(?:メッセージ|メール|サイズ)[^。\n]{0,20}(?:大きすぎ|大き過ぎ)",),
    Reason.FILTERED: (r"受信拒否|受け取りを拒否|拒否設定",),
    Reason.POLICY: (r"迷惑メール",),
}  # fmt: skip
CHINESE: Final[Table] = {
    Topic.FAILED: ("未送达", "未能", "找不到", "无法", "無法", "已满", "已滿", "退信", "失败", "失敗", "不存在", "拒收", "退回"),
    Topic.SUBJECT: ("未送达", "退信", "无法投递", "無法(?:投遞|傳遞|傳送)", "投递失败", "系统退信", "退回", "发送失败"),
    Topic.RETURNED: ("原信件", "原始邮件", "原始郵件"),
    Topic.DELAYED: ("延迟投递", "延遲"),
    Topic.REPLY: ("自动回复", "自動回覆", "不在办公室"),
    Topic.RECIPIENT: ("收件人", "收件者", "收信人"),
    Reason.UNKNOWN_USER: (
        r"(?:用户|用戶|收件人|邮箱|信箱|帐号|账号|地址|使用者|郵件地址)[^。\n]{0,30}(?:不存在|未找到|无效|無效|錯誤|错误|未知|不正确)|(?:找不到|没有|沒有|无此|無此|未知)(?:此|该|這個)?(?:用户|用戶|收件人|邮箱|信箱|帐号|账号|使用者)|不存在",
    ),
    Reason.UNKNOWN_HOST: (r"(?:域名|网域|網域|主机)[^。\n]{0,20}(?:不存在|找不到|无法解析|未找到)|(?:找不到|无法解析)[^。\n]{0,10}(?:域名|主机|網域)",),
    Reason.FULL: (r"空间不足|空間不足|(?:邮箱|信箱)(?:已|空间已|容量已)?满|信箱已滿|已满|超过(?:邮箱)?容量|容量",),
    Reason.SUSPENDED: (r"(?:邮箱|帐号|账号|用户|信箱)[^。\n]{0,20}(?:停用|冻结|禁用|锁定|停權|被封|已关闭)",),
    Reason.TOO_LARGE: (r"(?:邮件|郵件|附件)[^。\n]{0,10}(?:过大|太大|過大)",),
    Reason.POLICY: (r"垃圾邮件|垃圾郵件|拒收",),
    Reason.LATER: (r"(?:稍后|稍候|稍後)[^。\n]{0,6}(?:再试|重试|再試)|频率|过于频繁",),
}  # fmt: skip
KOREAN: Final[Table] = {
    Topic.FAILED: ("반송", "실패", "없는", "존재하지 않", "찾을 수 없"),
    Topic.SUBJECT: ("반송", "전송 실패", "배달되지 않", "전달되지 못"),
    Topic.REPLY: ("자동", "부재"),
    Topic.RECIPIENT: ("수신자", "받는 사람"),
    Reason.UNKNOWN_USER: (r"(?:사용자|수신자|계정|주소|메일함|편지함)[^.\n]{0,30}(?:없습니다|없는|존재하지 않|찾을 수 없|잘못)|(?:존재하지 않는|알 수 없는|없는) (?:사용자|수신자|계정|주소)",),
    Reason.UNKNOWN_HOST: (r"도메인[^.\n]{0,20}(?:없|존재하지 않|찾을 수 없)",),
    Reason.FULL: (r"(?:메일함|편지함|사서함|용량)[^.\n]{0,20}(?:가득|초과|부족)",),
    Reason.SUSPENDED: (r"(?:계정|사용자|메일)[^.\n]{0,20}(?:휴면|정지|중지|비활성)",),
}  # fmt: skip
HINDI: Final[Table] = {Topic.FAILED: ("लिए", "नहीं"), Reason.UNKNOWN_USER: (r"(?:पता|उपयोगकर्ता|प्राप्तकर्ता)[^।\n]{0,30}(?:नहीं मिला|मौजूद नहीं)",)}  # fmt: skip

ALL: Final[tuple[Table, ...]] = (
    ENGLISH, GERMAN, FRENCH, SPANISH, PORTUGUESE, ITALIAN, DUTCH, NORDIC, POLISH_AND_CZECH, RUSSIAN,
    TURKISH, JAPANESE, CHINESE, KOREAN, HINDI,
)  # fmt: skip


def patterns_for(topic: Reason | Topic) -> Iterator[str]:
    """What all languages say about a topic."""
    return (pattern for table in ALL for pattern in table.get(topic, ()))


def any_of(topic: Topic) -> str:
    """One regular expression for what all languages say about a topic."""
    return "|".join(patterns_for(topic))
