"""Words that the project no longer uses, and where they may still appear.

`python -m tests.retired_words` prints all findings, grouped by word; with arguments only those in files
whose path contains one of them. `tests/iria/test_retired_words.py` fails if there are any.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.shared import PROJECT

PACKAGES: Final = ("accounts", "articles", "iria", "newsletter")
MODULE, CLASS, FUNCTION, URL, CSS, TEXT, HEADING = (
    *("module", "class", "function", "url", "css", "text", "heading"),
)
NAMES: Final = (MODULE, CLASS, FUNCTION, URL, CSS)
WORDING: Final = (TEXT, HEADING)


@dataclass(frozen=True, slots=True)
class RetiredWord:
    pattern: str
    """A regular expression. Names are matched as words: `DeskSite` and `desk_site` are “desk site”."""
    use: str
    """What to write instead."""
    applies_to: tuple[str, ...] = NAMES
    allowed: tuple[str, ...] = field(default=())
    """Regular expressions for a name, a text or a path in which the word has another meaning."""


@dataclass(frozen=True, slots=True)
class Found:
    kind: str
    text: str
    path: str
    line: int


RETIRED: Final = (
    # Metaphors
    RetiredWord(r"\bhouses?\b", "project, app", allowed=("house number", "housekeeping")),
    RetiredWord(r"\brooms?\b", "package"),
    RetiredWord(r"\bdesks?\b", "admin", (*NAMES, *WORDING), ("editorial desk", "desk@")),
    RetiredWord(r"\bdoors?\b", "api_view, view wrapper, endpoint", (*NAMES, *WORDING)),
    RetiredWord(r"\bkin\b", "article_relations", (*NAMES, *WORDING)),
    RetiredWord(r"\bshel(f|ves)\b", "listing scope", (*NAMES, *WORDING)),
    RetiredWord(r"\bgate\b", "usage check"),
    RetiredWord(r"\bslips?\b", "typos"),
    RetiredWord(r"\bletters?\b", "e-mail", NAMES, ("newsletter", "characters")),
    RetiredWord(r"\bstencils?\b", "e-mail template, placeholders", (*NAMES, *WORDING)),
    RetiredWord(r"\bfaces?\b", "avatar", NAMES, (r"^face/", "type ?face", "font face", "faces$")),
    RetiredWord(r"\bemblems?\b", "logo, brand image", (*NAMES, *WORDING), (r"\^?emblem/",)),
    RetiredWord(r"\bverbs?\b|\bdeeds?\b", "action"),
    RetiredWord(r"\bkit\b", "core"),
    RetiredWord(r"\bports?\b", "hook", (CLASS,), ("supports?", "import", "export")),
    # Private verbs
    RetiredWord(r"\bheeds?\b|\bheard\b|\bhearing\b", "apply, parse, verify", (*NAMES, *WORDING)),
    RetiredWord(r"\bmend(s|ed)?\b", "fix", (*NAMES, *WORDING)),
    RetiredWord(r"\bsurely\b|\bwhoever\b|\bthereof\b|\bhence\b", "plain words", (*NAMES, *WORDING)),
    RetiredWord(r"\bt(ell|ells|old|elling)\b", "notify, serialize, log_event"),
    RetiredWord(r"\btold\b", "notified, e-mailed", WORDING, ("is not told who",)),
    RetiredWord(r"\bkept\b|\bkeeping\b", "stored_data, cached, saving"),
    RetiredWord(r"\bhe?ld\b|\bhold(ing|s)?\b", "lock, pending, cached", (MODULE, CLASS, FUNCTION)),
    RetiredWord(r"\bmint\b|\bunseal(ed)?\b|\bseal(ed|s|ing)?\b", "encrypt, decrypt, form token"),
    RetiredWord(
        r"\b(take|takes|took|taken|taking) (it |them )?in\b",
        "ingest, import, process",
        (*NAMES, *WORDING),
        ("taken into",),
    ),
    RetiredWord(
        r"\b(take|takes|took|taken|taking) (it |this |them )?(back|away)\b",
        "delete, undo, unschedule, remove, export",
        (*NAMES, *WORDING),
    ),
    RetiredWord(
        r"\blook(s|ed|ing)? (it |them )?over\b", "dry run, check, review", (*NAMES, *WORDING)
    ),
    RetiredWord(
        r"\b(another|first|last) looks?\b|\bask(s|ed)? again\b",
        "appeal, screening, preflight check",
        (*NAMES, *WORDING),
    ),
    RetiredWord(
        r"\b(goes|go|went|going) out\b", "publish, send", (*NAMES, *WORDING), ("clocks go",)
    ),
    RetiredWord(
        r"\bcame back\b|\bcomes? back\b|\breturned mail\b",
        "bounced, bounces",
        WORDING,
        (r"come back later\|",),
    ),
    RetiredWord(r"\bput off\b|\bcomplained of\b", "deferred, complaint", (*NAMES, *WORDING)),
    RetiredWord(r"\bleads? nowhere\b", "broken link", WORDING),
    RetiredWord(
        r"\bstands? (there|here|in|nowhere|at|on)\b|\blet it stand\b", "is, approve", WORDING
    ),
    RetiredWord(r"\bleft empty\b|\bleft out\b", "empty, excluded", WORDING),
    RetiredWord(r"\bstay(s)? as (it|they) (is|are)\b", "not changed", WORDING),
    RetiredWord(r"\bkept\b", "stored, saved", (HEADING,)),
    RetiredWord(r"\bbring(ing|s)?\b|\bbrought\b", "upload", (*NAMES, *WORDING)),
    RetiredWord(r"\bforget(s)?\b|\bforgotten\b", "erase", (CLASS, FUNCTION)),
    RetiredWord(r"\bbarred\b|\bbars\b", "suppressed", (*NAMES, *WORDING)),
    RetiredWord(r"\blift(ed)?\b", "remove ban", (*NAMES, *WORDING), ("lifted by",)),
    RetiredWord(
        r"\bfreez(e|es|ing)\b|\bsteering\b|\bgo on\b", "snapshot_recipients, controls, resume"
    ),
    RetiredWord(r"\bgo on\b", "continue, resume", WORDING),
    RetiredWord(r"\bwiden(s|ed)?\b", "send_to_remaining"),
    RetiredWord(r"\bwithdraw(s|n|ing|al)?\b", "unpublish", (TEXT,), ("image", "picture")),
    RetiredWord(r"\bcompos(es?|ing) itself\b|\bby rule\b", "automatic", (*NAMES, *WORDING)),
    # One word for one thing
    RetiredWord(
        r"\baddress(es|ing)?\b",
        "url, email or ip_address",
        (MODULE, CLASS, FUNCTION),
        (r"\b(ip|e ?mail|postal|mail|private|public) address",),
    ),
    RetiredWord(r"\bnetwork address(es)?\b", "IP address", WORDING),
    RetiredWord(r"\bemails?\b", "e-mail", WORDING, (r"Enter your email address", r"[@_.=/]", "%")),
    RetiredWord(
        r"\bsigns?\b",
        "characters",
        (TEXT,),
        (
            r"signs?[ -]?(in|up|out|you|it|that|newsletters|them|me)\b",
            "signs? .* out",
            "sign methods",
            r"(minus|also) signs?",
            r"[Ss]ign-(ins|ups)",
        ),
    ),
    RetiredWord(
        r"\bpictures?\b",
        "image",
        (*NAMES, *WORDING),
        (
            *("picture element", "picture html", "profile picture", r"account picture"),
            # Contracts: the template tag, URLs, a command and the names of the API stay.
            *(r"^pictures?$", r"^picture file$", r"articles article pictures", r"pictures view"),
            "^sweep pictures$",
        ),
    ),
    RetiredWord(r"\bsecond factors?\b", "two-factor authentication", (*NAMES, *WORDING)),
    RetiredWord(r"\btick(ed)?\b|\buntick\b", "select, turn on, turn off", WORDING),
    RetiredWord(
        r"\bwishes\b|\bwish\b",
        "choice, preferences",
        (*NAMES, *WORDING),
        ("think thought believe",),
    ),
    RetiredWord(r"\bpace\b|\brhythms?\b", "frequency, throttling"),
    RetiredWord(r"\bfates?\b", "outcome", (*NAMES, *WORDING)),
    RetiredWord(r"\bobstacles?\b|\bhindrance\b", "blocker", (*NAMES, *WORDING)),
    RetiredWord(r"\bjudged\b|\bjudging\b", "test_collection, classifier"),
    RetiredWord(r"\brarit(y|ies)\b|\blikeness(es)?\b", "document frequency, similarity"),
    RetiredWord(r"\bwhereabouts\b|\bgeneration\b", "permalinks, cache_version"),
    RetiredWord(r"\brefus(e|es|ed|ing|als?)\b", "validate, rejected", (MODULE, CLASS, FUNCTION)),
    RetiredWord(r"\bpersonal\b", "personal_data", (MODULE,), ("personal ?data", "personalisation")),
)


def _words(name: str) -> str:
    """The words of a name: `ImportedLine_2` and `imported-line-2` are “imported line 2”."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return re.sub(r"[\W_]+", " ", spaced).strip().lower()


def _python(path: Path, name: str) -> Iterator[Found]:
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    yield Found(MODULE, _words(path.stem), name, 1)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield Found(CLASS, _words(node.name), name, node.lineno)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Found(FUNCTION, _words(node.name), name, node.lineno)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"path", "re_path"}:
            for keyword in node.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    yield Found(URL, _words(str(keyword.value.value)), name, node.lineno)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
            and _is_wording(node.value)
        ):
            yield Found(TEXT, node.value, name, node.lineno)


def _is_wording(text: str) -> bool:
    """Whether a string is a text for people: several words, and neither SQL, a pattern nor markup."""
    is_code = re.search(
        r"[<>{}\\]|\b(SELECT|INSERT|UPDATE|CREATE|ALTER|WITH|FROM|DELETE)\b|--", text
    )
    return " " in text.strip() and bool(re.search(r"[a-z]{2} ", text)) and not is_code


def _template(path: Path, name: str) -> Iterator[Found]:
    # Comments, variables and template tags become spaces, but the lines stay countable.
    page = re.sub(
        r"{#.*?#}|{%.*?%}|{{.*?}}", lambda found: _blank(found[0]), path.read_text(), flags=re.S
    )
    for quoted in re.finditer(r'\bclass="([^"]*)"', page):
        for each in quoted[1].split():
            yield Found(CSS, _words(each), name, _line(page, quoted.start()))
    for label in re.finditer(r'\b(?:title|placeholder|aria-label|alt)="([^"]+)"', page):
        yield Found(TEXT, label[1], name, _line(page, label.start()))
    for label in re.finditer(r'{% translate "([^"]*)"', path.read_text()):
        yield Found(TEXT, label[1], name, _line(path.read_text(), label.start()))
    plain = re.sub(r"<[^>]*>", lambda found: _blank(found[0]), page, flags=re.S)
    for number, text in enumerate(plain.splitlines(), start=1):
        if text.strip():
            yield Found(TEXT, text.strip(), name, number)


def _blank(text: str) -> str:
    return " " + "\n" * text.count("\n")


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _stylesheet(path: Path, name: str) -> Iterator[Found]:
    text = re.sub(
        r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), path.read_text(), flags=re.S
    )
    for number, line in enumerate(text.splitlines(), start=1):
        for selector in re.findall(r"[.#]([A-Za-z][\w-]+)(?=[^;{}]*[{,]|$)", line):
            yield Found(CSS, _words(selector), name, number)


def _script(path: Path, name: str) -> Iterator[Found]:
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        for text in re.findall(r'"([^"\\]+)"|`([^`]+)`', line):
            if _is_wording("".join(text)):
                yield Found(TEXT, "".join(text), name, number)


def _headings(path: Path, name: str) -> Iterator[Found]:
    in_code = False
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        in_code ^= line.startswith("```")
        if line.startswith("#") and not in_code:
            yield Found(HEADING, line.lstrip("# "), name, number)


def _folder_names(path: Path, name: str) -> Iterator[Found]:
    yield Found(MODULE, _words(path.parent.name), name, 1)


READERS: Final[tuple[tuple[str, Callable[[Path, str], Iterator[Found]]], ...]] = (
    *((f"{package}/**/*.py", _python) for package in PACKAGES),
    *((f"{package}/**/__init__.py", _folder_names) for package in PACKAGES),
    ("templates/**/*.html", _template),
    ("templates/**/*.txt", _template),
    ("static/**/*.css", _stylesheet),
    ("static/**/*.js", _script),
    ("docs/**/*.md", _headings),
    ("*.md", _headings),
)
SKIPPED: Final = (
    "/migrations/",
    "iria/demo/",
    "iria/evaluation/",
    "CHANGELOG.md",
    "/node_modules/",
)
"""Released migrations and release notes keep their words; demo articles and test data are prose."""


def everything() -> list[Found]:
    """All names, texts and headings of the project."""
    found: list[Found] = []
    for pattern, read in READERS:
        for path in sorted(PROJECT.glob(pattern)):
            name = path.relative_to(PROJECT).as_posix()
            if not any(skipped in name for skipped in SKIPPED):
                found += read(path, name)
    return found


def findings(word: RetiredWord, places: list[Found]) -> list[Found]:
    """Where a word is used against its entry."""
    pattern = re.compile(word.pattern, re.IGNORECASE)
    allowed = [re.compile(each, re.IGNORECASE) for each in word.allowed]
    return [
        place
        for place in places
        if place.kind in word.applies_to
        and pattern.search(place.text)
        and not any(each.search(place.text) or each.search(place.path) for each in allowed)
    ]


def main(parts: list[str]) -> int:
    places = [
        each for each in everything() if not parts or any(part in each.path for part in parts)
    ]
    total = 0
    for word in RETIRED:
        found = findings(word, places)
        total += len(found)
        if found:
            print(f"\n{word.pattern}  →  {word.use}  ({len(found)})")
            for each in found:
                print(f"  {each.path}:{each.line}: {each.kind}: {each.text[:100]}")
    print(f"\n{total} findings")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
