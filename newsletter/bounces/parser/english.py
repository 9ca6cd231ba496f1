"""What mail servers write in English, by reason and topic.

Patterns, one for each way of saying it; the other languages are in `languages.py`. Written from what mail
systems say in general, so each must make sense without a message at hand.
"""

from typing import Final

from newsletter.bounces.parser.report import Table, Topic

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
