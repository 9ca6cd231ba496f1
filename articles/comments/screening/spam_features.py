"""The features of a comment: groups of general words, links, style, and its own words.

Most features apply to any article: groups of general words (a closed list from general knowledge, docs/algorithms/screening.md), alone, in sequences and
together; kinds of links; length and capitals. The others are the words of the comment. A word is used
only if it occurs in more than one thread (`spam_model.py`), because within one thread the best feature of
ham is the topic that everybody is talking about.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import unescape
from itertools import combinations
from typing import Final

from articles.comments.screening.word_matching import folded

GROUPS: Final[dict[str, str]] = {
    # What advertising asks for.
    "follow": "subscribe subscribes subscribed subscribing subscriber subscribers subscription sub subs subbed "
    "follow follows following follower followers add abonnieren abonniert abonnez abonner suscribete suscribirse "
    "suscribanse inscreva iscriviti seguimi sigueme segueme sub4sub f4f s4s подпишись подписывайтесь",
    "visit": "check checked checking checkout visit visiting visita visitez besucht click clicking klick clic clique",
    "watch": "watch watching look looking listen listening hear see mira schaut regardez guarda escuchen",
    "go": "go come going head",
    "get": "get download install join register signup sign try use start order",
    "buy": "buy shop purchase sell selling sale sales cheap price prices discount offer offers deal deals coupon promo "
    "shipping wholesale kaufen acheter comprar comprare",
    "help": "help support vote votes voting share spread donate donation donations petition signature thumbs thumb "
    "retweet repost feedback advice rate teilen partagez comparte aiuto ayuda",
    "like": "like likes liked",
    "please": "please pls plz plss plzz pleas plis bitte svp favor",
    "thanks": "thanks thank thx thanx gracias danke merci",
    "chance": "chance dream dreams talent talented famous goal opportunity appreciate grateful promise disappointed regret miss",
    # Whose, and where.
    "own": "my our mine mein meine mon ma mes mi mis mio mia nuestro unser notre",
    "me": "me us",
    "i": "i im we ive we're were id ill",
    "you": "you u your ur yours ya youre you're yourself",
    "place": "channel channels chanel page pages site sites website websites web webpage homepage blog blogs profile "
    "account accounts link links url store app apps group server stream kanal canal chaine canale pagina seite",
    "work": "video videos vid vids clip clips song songs music cover covers remix remixes beat beats track tracks mixtape "
    "album rap raps playlist vlog vlogs podcast tutorial tutorials gameplay gaming montage montages band book ebook "
    "novel project content singing",
    "network": "youtube yt facebook fb twitter instagram insta ig snapchat tiktok telegram whatsapp soundcloud twitch "
    "tumblr vine discord kik skype linkedin reddit pinterest spotify itunes google",
    "make": "made make makes making upload uploaded uploading uploads post posted posting posts create created started "
    "starting recorded released",
    "self": "singer rapper musician songwriter producer youtuber gamer artist photographer blogger dj designer company "
    "newcomer upcoming aspiring small unsigned independent",
    "new": "new newest latest first",
    "name": "name names called known",
    # What it promises.
    "money": "money cash dollar dollars usd eur euro euros buck bucks paid pay paying earn earned earning earnings income "
    "profit profits salary paypal payment rich wealth geld argent dinero dinheiro soldi bitcoin btc crypto "
    "cryptocurrency forex invest invested investing investment investor trading trader wallet payout",
    "loan": "loan loans credit debt mortgage insurance lender kredit",
    "free": "free gratis kostenlos gratuit gratuito win winner winning won prize prizes gift gifts giveaway giveaways "
    "giving bonus card cards code codes guaranteed guarantee unlimited exclusive limited generator",
    "goods": "iphone ipad xbox psn amazon ebay steam rolex replica handbag handbags gucci vuitton nike jersey jerseys "
    "shirt shirts tshirt hoodie merch shoes watches sunglasses",
    "jobs": "job jobs home online business hour hours hourly week weekly boss freelance",
    "trick": "hack hacks hacked hacking hacker cheat cheats crack keygen legit scam recover recovery",
    "search": "seo traffic ranking backlink backlinks leads marketing advertise advertising promote promotion promoting",
    "drugs": "viagra cialis pharmacy pill pills weight diet slim keto cbd herbal cure supplement supplements spell caster",
    "sex": "sex sexy porn xxx nude nudes naked dating date singles cam webcam hookup escort ass boobs",
    "casino": "casino poker slot slots bet bets betting gambling jackpot lottery roulette",
    "essays": "essay essays dissertation assignment homework writing",
    # How it addresses people.
    "greet": "hey hi hello hallo hola bonjour ciao sup greetings",
    "all": "everyone everybody guys people friends folks anyone anybody someone all",
    # How people talk about what they have read or seen.
    "he": "he she they him her them his hers their himself herself hes shes he's she's they're",
    "praise": "love loved loves best good great awesome amazing nice cool beautiful perfect favorite favourite brilliant "
    "excellent wonderful fantastic legend",
    "blame": "hate bad worst stupid dumb boring annoying terrible awful ugly sucks suck ridiculous shame wrong nonsense rubbish",
    "swear": "fuck fucking fucked shit damn hell crap bitch idiot idiots moron wtf",
    "laugh": "lol lmao rofl haha hahaha xd omg wow lmfao funny hilarious",
    "think": "think thought believe know understand agree disagree mean means opinion true guess wonder remember "
    "hope wish feel say says said saying",
    "cause": "because why although though however therefore since unless whether maybe perhaps",
    "time": "still ever never always again already years year ago today yesterday old",
    "amount": "million millions billion billions thousand hundred view views",
    "article": "article story author writer editor journalist news report paper headline paragraph source sources",
}
"""The words of each group, in lower case."""

PLAIN: Final = (
    "a an the this that these those it its to of in on at by for from with about into out up off back over here there "
    "and or but if so than then when while is are was be been am do does did dont doesn't not no yes can could will "
    "would should have has had just only also more most much many very really some any what who how which where now "
    "one two let want need give take keep"
)
"""Common words of any sentence; each is a group of its own."""

COMBINED_GROUPS: Final = frozenset(
    [
        "follow",
        "visit",
        "watch",
        "go",
        "get",
        "buy",
        "help",
        "like",
        "please",
        "own",
        "me",
        "place",
        "work",
        "network",
        "make",
        "self",
        "new",
        "money",
        "free",
        "jobs",
        "greet",
        "all",
        "chance",
    ]
)
"""Groups whose combinations anywhere in a comment are features."""


LINK: Final = re.compile(
    r"""(?:https?://|www\.)\S+
    | (?<![\w-])[\w-]++\s?(?:\.|\[dot\]|\(dot\))\s?(?:com|net|org|info|biz|tv|me|ly|co|io|ru|xyz|top|shop)\b\S*
    | \bwatch\?v=\S+""",
    re.IGNORECASE | re.VERBOSE,
)
"""URLs, including obfuscated ones: `example . com`. The quantifier is possessive and the match begins at
a word, so that a long text without URLs takes linear time."""

WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
NUMBER: Final = re.compile(r"\d+")
DOUBLED: Final = re.compile(r"(.)\1+")
STRETCHED: Final = re.compile(r"([^\W\d_])\1{3}")
SCHEME: Final = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)
REFERRAL: Final = re.compile(r"[?&#](?:ref|aff|partner|invite|referral|promo)\w*=", re.IGNORECASE)
VIDEO: Final = re.compile(r"youtu\.?be|watch\?v=", re.IGNORECASE)
LONG_NUMBER: Final = re.compile(r"\d{4}")

LEARNT: Final = ("word:", "link word:")
"""The prefixes of features that are words of comments, not of `GROUPS`."""
MAX_SEQUENCE: Final = 3
MAX_WORDS: Final = 1000
MAX_CHARACTERS: Final = 10_000
"""A comment has at most 5,000 characters; longer texts come from a test collection or from NFKC."""
MIN_LETTERS_FOR_TYPOS: Final = 6
"""From this length a word with one wrong letter still matches: `suscribe`, `vidios`."""
UNKNOWN: Final = "_"
ANY_NUMBER: Final = "#"


def features(text: str) -> dict[str, str]:
    """Returns the features of a comment, each with the words that it was found in, if any."""
    plain = _normalise(unescape(text[:MAX_CHARACTERS]))[:MAX_CHARACTERS]
    links = LINK.findall(plain)
    without_links = LINK.sub(" ", plain)
    words = [word.lower() for word in WORD.findall(without_links)][:MAX_WORDS]
    found = dict.fromkeys(_style(without_links, len(words)), "")
    found |= _group_features(words)
    found |= _link_features(links, alone=len(words) <= 2)
    for length in (1, 2):
        found |= {f"word:{each}": each for each in _sequences(words, length)}
    return found


def is_learnt(feature: str) -> bool:
    """Whether the feature is a word or phrase of comments."""
    return feature.startswith(LEARNT)


def _normalise(text: str) -> str:
    """Returns the text in NFKC, without invisible characters."""
    compatible = unicodedata.normalize("NFKC", text)
    return "".join(each for each in compatible if unicodedata.category(each) != "Cf")


def _sequences(words: Sequence[str], length: int) -> Iterator[str]:
    return (" ".join(words[start : start + length]) for start in range(len(words) - length + 1))


def _group_features(words: Sequence[str]) -> dict[str, str]:
    groups = [_group(word) for word in words]
    found: dict[str, str] = {}
    for length in range(1, MAX_SEQUENCE + 1):
        for start in range(len(groups) - length + 1):
            sequence = groups[start : start + length]
            if UNKNOWN not in {sequence[0], sequence[-1]}:
                shown = " ".join(words[start : start + length])
                found.setdefault(f"groups:{' '.join(sequence)}", shown)
    first = {
        group: word
        for group, word in zip(reversed(groups), reversed(words), strict=True)
        if group in COMBINED_GROUPS
    }
    return found | {
        f"together:{one} {other}": f"{first[one]} … {first[other]}"
        for one, other in combinations(sorted(first), 2)
    }


def _link_features(links: Sequence[str], *, alone: bool) -> dict[str, str]:
    """Returns the features of the links: their number, kinds and words."""
    found = {f"links:{min(3, len(links))}": ""}
    if links:
        found["links alone" if alone else "links with words"] = ""
    for link in links:
        host, slash, path = SCHEME.sub("", link).partition("/")
        found[f"link depth:{min(3, len(slash) + path.rstrip('/').count('/'))}"] = ""
        kinds = {
            "query": "?" in link,
            "referral": bool(REFERRAL.search(link)),
            "video": bool(VIDEO.search(link)),
            "long number": bool(LONG_NUMBER.search(path)),
        }
        found |= {f"link kind:{kind}": "" for kind, present in kinds.items() if present}
        for part in WORD.findall(host):
            if (group := _group(part)) != UNKNOWN:
                found[f"link to:{group}"] = part
        found |= {f"link word:{part.lower()}": part.lower() for part in WORD.findall(link)}
    return found


def _style(text: str, words: int) -> set[str]:
    letters = sum(character.isalpha() for character in text)
    capitals = sum(character.isupper() for character in text)
    style = {
        f"length:{min(7, (1 + words).bit_length())}",
        f"capitals:{5 * capitals // letters if letters > 5 else 0}",
        f"exclamations:{min(3, text.count('!'))}",
        f"questions:{min(2, text.count('?'))}",
        f"numbers:{min(3, len(NUMBER.findall(text)))}",
    }
    return style | ({"stretched"} if STRETCHED.search(text) else set())


def _squeeze(word: str) -> str:
    """Returns the word without accents, look-alikes and double letters."""
    word = word.replace("'", "").replace("\u2019", "")
    if not (word.isascii() and word.isalpha()):
        word = folded(word).replace(" ", "")
    return DOUBLED.sub(r"\1", word.lower())


def _remove_one_character(word: str) -> list[str]:
    return [word[:index] + word[index + 1 :] for index in range(len(word))]


GROUP_OF: Final = {_squeeze(word): word for word in PLAIN.split()} | {
    _squeeze(word): group for group, words in GROUPS.items() for word in words.split()
}
GROUP_OF_TYPO: Final = {
    typo: GROUP_OF[word]
    for words in GROUPS.values()
    for word in {_squeeze(each) for each in words.split()}
    if len(word) >= MIN_LETTERS_FOR_TYPOS
    for typo in _remove_one_character(word)
}


@lru_cache(maxsize=50_000)
def _group(word: str) -> str:
    """Returns the group of a general word, also if one letter is wrong."""
    if word[0].isdigit():
        return GROUP_OF.get(_squeeze(word), ANY_NUMBER)
    plain = _squeeze(word)
    if known := GROUP_OF.get(plain) or GROUP_OF_TYPO.get(plain):
        return known
    if len(plain) < MIN_LETTERS_FOR_TYPOS or len(plain) > 20:
        return UNKNOWN
    shorter = _remove_one_character(plain)
    return next(
        (
            group
            for each in shorter
            if (group := GROUP_OF_TYPO.get(each))
            or (len(each) >= MIN_LETTERS_FOR_TYPOS and (group := GROUP_OF.get(each)) in GROUPS)
        ),
        UNKNOWN,
    )


_STYLE_LABELS: Final = {
    "links": ("no link", "one link", "two links", "three links or more"),
    "exclamations": ("", "an exclamation mark", "two exclamation marks", "many exclamation marks"),
    "numbers": ("", "a number", "two numbers", "many numbers"),
}


def describe_feature(feature: str, shown: str = "") -> str:
    """Describes a feature to moderators; empty for features that are not meaningful to people.

    Args:
        shown: the words that it was found in; by default an example of each group.
    """
    kind, _, value = feature.partition(":")
    if kind in {"groups", "together"}:
        joined = " … " if kind == "together" else " "
        return f"“{shown or joined.join(_example(group) for group in value.split())}”"
    if kind == "word":
        return f"“{value}”"
    if kind in {"link word", "link to"}:
        return f"a link with “{shown or _example(value)}”"
    if kind == "links alone":
        return "a link and hardly a word"
    if kind == "capitals":
        return "many capital letters" if int(value) > 1 else ""
    if kind == "length":
        return "very short" if int(value) <= 2 else ""
    return _STYLE_LABELS[kind][int(value)] if kind in _STYLE_LABELS else ""


def _example(group: str) -> str:
    return {UNKNOWN: "…", ANY_NUMBER: "1"}.get(group) or GROUPS.get(group, group).split()[0]
