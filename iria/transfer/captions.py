"""Splitting a caption into the caption and the credit of its image.

One table of rules, tried in their order (`docs/algorithms/captions.md` has an example of each). What looks like a
credit but fits no rule is undecided: it stays in the caption, and an editor is told. Plain Python.
"""

import re
from dataclasses import dataclass
from html import unescape
from typing import Final

WHAT: Final = (
    r"(?:photo(?:graph|graphy|graphie)?|image|picture|illustration|graphic|map|screenshot|still|"
    r"carte|infographie|dessin|foto|fotografie|bild|grafik|karte|aufnahme|fotograf[ií]a|fotografia|imagen|ilustración|"
    r"gráfico|mapa|imagem|ilustração|reprodução|immagine|illustrazione|grafica|mappa)s?"
)
CREDIT: Final = (
    r"(?:credits?|crédits?|créditos?|crediti|credito|cr[eé]dit|source|quelle|fuente|fonte|copyright|"
    r"bildquellen?|bildnachweise?|fotonachweise?|bildrechte|fotocredits?|bildcredits?|rechte)"
)
OF: Final = r"(?:\s+(?:de|del|della|di|da|do)(?:\s+l[ae'’])?\s*|\s+)"
LABEL: Final = (
    rf"(?:{WHAT}\s+{CREDIT}|{CREDIT}{OF}{WHAT}|{CREDIT}\s+fotogr[aá]fic[oi]|{WHAT}|{CREDIT})"
)
BY: Final = rf"{WHAT}\s+(?:by|par|de|von|por|di|da|do)\s++"
COURTESY: Final = (
    rf"(?:(?:{WHAT}\s+)?courtesy(?:\s+of\b)?+:?\s++|avec l['’]aimable autorisation (?:de\s++|d['’]|du\s++)|"
    r"mit freundlicher genehmigung (?:von|der|des)\s++|(?:por\s+)?cortes[ií]a (?:de|da|do|del)\s++|"
    r"(?:per )?gentile concessione (?:di|della|del|dell['’])\s*+)"
)
COPYRIGHT: Final = r"(?:©|\(c\)|&copy;|ⓒ)\s*+(?:copyright\s*+)?+"
AGENCY: Final = (
    r"(?:AP|AFP|EPA(?:-EFE)?|EFE|ANSA|dpa|DPA|Lusa|LUSA|PA(?: Wire| Images| Media)?|TASS|Xinhua|Kyodo|Yonhap|PTI|"
    r"ANI|UPI|NTB|TT|APA|Belga|ANP|Reuters|REUTERS|Associated Press|Agence France-Presse|Getty(?: Images)?|"
    r"iStock|Shutterstock|Alamy(?: Stock Photo)?|Unsplash|Pexels|Pixabay|Flickr|Wikimedia(?: Commons)?|IMAGO|imago|"
    r"[Pp]icture[ -][Aa]lliance|Keystone|Bloomberg|NurPhoto|Sipa(?: USA)?|ZUMA(?: Press)?|Magnum(?: Photos)?|"
    r"Europa Press|Agência Brasil|Agência Lusa|LaPresse|Hans Lucas|Polaris|Redux|NASA|ESA|UN Photo)"
)
NAME: Final = r"[^()\[\]|\n]{2,200}"
# A run of white space is tried from its beginning only and given back by no pattern (`++`): otherwise a caption
# of a thousand spaces takes the square or the cube of its length.
SPACE: Final = r"(?<!\s)\s"
BRACKET: Final = rf"(?:{SPACE}*+[(\[]\s*)"
GAP: Final = (
    rf"(?:^|(?<=[.!?…»”\"'’)])\s++|{SPACE}*+[|–—•·]\s*+|(?<!\s)\n\s*+|,\s++|{SPACE}{{2,}}+)"
)
"""Between a caption and what follows it."""
END: Final = r"\s*+(?:\.\s*+)?$"
MAX_WORDS: Final = 10
"""A longer text after a label is a sentence, not a name."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern for the end of a caption, with the group `credit`."""

    name: str
    pattern: re.Pattern[str]
    example: str


def _rule(name: str, pattern: str, example: str, *, capitals: bool = False) -> Rule:
    return Rule(name, re.compile(pattern, 0 if capitals else re.IGNORECASE), example)


RULES: Final = (
    _rule(
        "label in brackets",
        rf"{BRACKET}{LABEL}\s*[:：–-]\s*+(?P<credit>{NAME})[)\]]{END}",
        "A ferry leaves. (Image Credit: Lena Ort/via Reuters)",
    ),
    _rule(
        "“by” in brackets",
        rf"{BRACKET}{BY}(?P<credit>{NAME})[)\]]{END}",
        "A school. (Photo by Ben Otieno/AFP via Getty Images)",
    ),
    _rule(
        "courtesy",
        rf"(?:{BRACKET}|{GAP}|{SPACE}++(?=avec l)){COURTESY}(?P<credit>{NAME}?)[)\]]?{END}",
        "A drone over the field. Photo courtesy of Agrifly",
    ),
    _rule(
        "copyright symbol",
        rf"(?:^|{BRACKET}|(?:{SPACE}*+[|–—•·,])?\s++){COPYRIGHT}(?P<credit>{NAME}?)[)\]]?{END}",
        "Voters queue. © Ilse Brandt",
    ),
    _rule(
        "label and agency in brackets",
        rf"{BRACKET}(?:[Pp]hoto|[Ff]oto|[Ii]mage|[Bb]ild)s?\s++(?P<credit>[^()\[\]|\n]*?\b{AGENCY}\b[^()\[\]|\n]{{0,80}})[)\]]{END}",
        "Des manifestants à Lyon. (Photo Marc Vidal/AFP)",
        capitals=True,
    ),
    _rule(
        "agency in brackets",
        rf"{BRACKET}(?P<credit>(?:{AGENCY}\b[^()\[\]|\n]{{0,80}}|[^()\[\]|\n]{{2,80}}?(?:/|\bvia |\bfor |, ?|– ?|- ?){AGENCY}))[)\]]{END}",
        "Ships wait. (Getty Images)",
        capitals=True,
    ),
    _rule(
        "label at the end",
        rf"{GAP}{LABEL}\s*[:：]\s*+(?P<credit>{NAME}?){END}",
        "Two cranes over the harbour. Photo: Mira Field",
    ),
    _rule(
        "“by” at the end",
        rf"{GAP}{BY}(?P<credit>{NAME}?){END}",
        "A glacier in retreat. Photo by Anna Falk",
    ),
    _rule(
        "agency first",
        rf"{GAP}(?P<credit>(?:AP Photo|AP|AFP|REUTERS|Reuters|EPA|EFE|dpa|ANSA|Getty Images|UN Photo)\s?/\s?{NAME}?){END}",
        "A convoy near the border. AP Photo/Sam Weller",
        capitals=True,
    ),
    _rule(
        "agency last",
        rf"{GAP}(?P<credit>[^\s.][^.()\[\]|\n]{{1,60}}?(?:/|\bvia | for ){AGENCY}(?:/{AGENCY})?){END}",
        "Leaders meet. Hugo Lind/EPA",
        capitals=True,
    ),
)

PERSON: Final = r"(?:[A-ZÀ-ÖØ-Þ][\w'’.-]+)(?:\s+(?:de|da|do|dos|von|van|der|del|di|el|al|bin))?(?:\s+[A-ZÀ-ÖØ-Þ][\w'’-]+){1,3}"
DOUBTFUL: Final = (
    re.compile(rf"[(\[]\s*{PERSON}\s*[)\]]{END}"),
    re.compile(rf"[.!?|–—]\s+{PERSON}{END}"),
    re.compile(rf"{GAP}{LABEL}\s*[:：]", re.IGNORECASE),
    re.compile(rf"(?:©|ⓒ|\bvia {AGENCY}\b|\b{AGENCY}\s*$)"),
)
"""What looks like a credit, but may as well be something else: a person shown, a second sentence."""


@dataclass(frozen=True, slots=True)
class Split:
    caption: str
    credit: str
    rule: str = ""
    is_undecided: bool = False
    text: str = ""
    """The whole caption without markup."""


def split(text: str) -> Split:
    """Splits a plain caption."""
    match = _found(text)
    if match is None:
        return Split(text.strip(), "", is_undecided=_is_doubtful(text), text=text.strip())
    rule, start, credit = match
    return Split(text[:start].rstrip(" \n|–—"), credit, rule, text=text.strip())


def split_html(html: str) -> Split:
    """Splits a caption with markup; the markup of the remaining caption stays."""
    tokens = TOKEN.findall(html)
    characters = ["" if _is_tag(each) else unescape(each) for each in tokens]
    text = "".join(characters)
    match = _found(text)
    if match is None:
        return Split(html.strip(), "", is_undecided=_is_doubtful(text), text=text.strip())
    rule, start, credit = match
    kept, position = [], 0
    for token, character in zip(tokens, characters, strict=True):
        if _is_tag(token) or position < start:
            kept.append(token)
        position += len(character)
    caption = "".join(kept)
    while (shorter := EMPTY.sub("", caption)) != caption:
        caption = shorter
    return Split(caption.strip().rstrip("|–— \n"), credit, rule, text=text.strip())


TOKEN: Final = re.compile(r"<[^<>]*>|&#?\w{1,31};|.", re.DOTALL)
EMPTY: Final = re.compile(r"<(\w+)\b[^<>]*>\s*</\1>|<br\s*/?>\s*$")


def _is_tag(token: str) -> bool:
    return len(token) > 2 and token[0] == "<"


def _found(text: str) -> tuple[str, int, str] | None:
    """The rule that applies, where the caption ends, and the credit."""
    if not text.strip() or len(text) > MAX_LENGTH:
        return None
    for rule in RULES:
        found = rule.pattern.search(text)
        if found is None:
            continue
        credit = " ".join(found["credit"].split()).strip(" .;,|–—-:")
        if _may_be_credit(credit):
            return rule.name, found.start(), credit
    return None


MAX_LENGTH: Final = 3000


def _may_be_credit(credit: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2}", credit)) and len(credit.split()) <= MAX_WORDS


def _is_doubtful(text: str) -> bool:
    return len(text) <= MAX_LENGTH and any(pattern.search(text.strip()) for pattern in DOUBTFUL)


PROPOSALS: Final = (
    re.compile(r"\s*[(\[](?P<credit>[^()\[\]]{2,80})[)\]]\s*\.?$"),
    re.compile(r"\s+[/|–—-]\s*(?P<credit>[^/|–—]{2,80})$"),
    re.compile(r"(?<=[.!?])\s+(?P<credit>[^.!?]{2,60})\.?$"),
)
"""Ends of captions that may be a credit: in brackets, after a dash, a short last sentence."""
MAX_PROPOSED_WORDS: Final = 6
"""Words of a proposal."""


def propose(text: str) -> Split:
    """Splits a caption where a credit might be, for somebody who will look at it; without one it is the caption."""
    if (found := split(text)).credit or len(text) > MAX_LENGTH:
        return found
    for pattern in PROPOSALS:
        if end := pattern.search(text.strip()):
            credit = end["credit"].strip(" .")
            words = credit.split()
            if len(words) <= MAX_PROPOSED_WORDS and words and words[0][:1].isupper():
                caption = text.strip()[: end.start()].rstrip(" |–—-/")
                return Split(caption, credit, is_undecided=True, text=text.strip())
    return Split(text.strip(), "", is_undecided=True, text=text.strip())
