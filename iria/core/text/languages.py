"""The registry of languages: what the project needs to know of each language that texts have.

A language of the interface has a catalogue too, `locale/CODE/LC_MESSAGES/django.po` (docs/decisions/languages.md).
Its own name is in Django's `LANG_INFO`.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.conf.locale import LANG_INFO

NARROW: Final = "\u202f"
NO_BREAK: Final = "\u00a0"


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    name: str
    """The name in English, for editors."""
    labels: tuple[str, str, str] = ("Notes", "Back to the text", "Table")
    """In texts: the heading of the footnotes, the arrow after one, and a table without a caption."""
    right_to_left: bool = False
    search: str = "simple"
    """The text search configuration in the database is `iria_` and this name."""
    country: str = ""
    """The country that stands for it in link previews, if its code is another one."""
    quotation_marks: str = "“{}”"
    comma: str = ", "
    semicolon: str = "; "
    colon: str = ":"
    joined_conjunction: bool = False
    """Whether “and” is part of the word after it."""
    date: str = "{day} {month} {year}"
    first_of_month: str = "1"
    month_in_lower_case: bool = False
    """Whether Django's names of months, which are for calendars, are in lower case inside a date."""


DAY_OF_MONTH: Final = "{day} de {month} de {year}"

LANGUAGES: Final = {
    each.code: each
    for each in (
        Language("en", "English", search="english", country="us"),
        Language(
            "fr",
            "French",
            ("Notes", "Retour au texte", "Tableau"),
            search="french",
            quotation_marks=f"«{NARROW}{{}}{NARROW}»",
            colon=f"{NO_BREAK}:",
            first_of_month="1er",
        ),
        Language(
            "de",
            "German",
            ("Anmerkungen", "Zurück zum Text", "Tabelle"),
            search="german",
            quotation_marks="„{}“",
            date="{day}. {month} {year}",
        ),
        Language(
            "es",
            "Spanish",
            ("Notas", "Volver al texto", "Tabla"),
            search="spanish",
            quotation_marks="«{}»",
            date=DAY_OF_MONTH,
        ),
        Language(
            "pt",
            "Portuguese",
            ("Notas", "Voltar ao texto", "Tabela"),
            search="portuguese",
            quotation_marks="«{}»",
            date=DAY_OF_MONTH,
            month_in_lower_case=True,
        ),
        Language("it", "Italian", ("Note", "Torna al testo", "Tabella"), search="italian"),
        Language("nl", "Dutch", ("Noten", "Terug naar de tekst", "Tabel"), search="dutch"),
        Language("pl", "Polish", ("Przypisy", "Powrót do tekstu", "Tabela")),
        Language("ru", "Russian", ("Примечания", "Назад к тексту", "Таблица"), search="russian"),
        Language("uk", "Ukrainian", ("Примітки", "Назад до тексту", "Таблиця"), country="ua"),
        Language("tr", "Turkish", ("Notlar", "Metne dön", "Tablo"), search="turkish"),
        Language(
            "ar",
            "Arabic",
            ("الهوامش", "العودة إلى النص", "جدول"),
            right_to_left=True,
            search="arabic",
            quotation_marks="«{}»",
            comma="، ",
            semicolon="؛ ",
            joined_conjunction=True,
        ),
        Language(
            "fa", "Persian", ("پانویس‌ها", "بازگشت به متن", "جدول"), right_to_left=True, country="ir"
        ),
        Language("he", "Hebrew", ("הערות", "חזרה לטקסט", "טבלה"), right_to_left=True, country="il"),
        Language(
            "ur", "Urdu", ("حواشی", "متن پر واپس جائیں", "جدول"), right_to_left=True, country="pk"
        ),
        Language(
            "hi", "Hindi", ("टिप्पणियाँ", "पाठ पर वापस जाएँ", "तालिका"), search="hindi", country="in"
        ),
        Language("zh", "Chinese", ("注释", "返回正文", "表格"), country="cn"),
        Language("ja", "Japanese", ("注", "本文に戻る", "表"), country="jp"),
        Language("ko", "Korean", ("주", "본문으로 돌아가기", "표"), country="kr"),
        Language("id", "Indonesian", ("Catatan", "Kembali ke teks", "Tabel"), search="indonesian"),
    )
}
"""The languages by code, in the order in which editors choose."""
LANGUAGE_NAMES: Final = {each.code: each.name for each in LANGUAGES.values()}
"""Code → English name."""
RIGHT_TO_LEFT: Final = [each.code for each in LANGUAGES.values() if each.right_to_left]
UNKNOWN: Final = Language("", "")


def language_of(code: str | None) -> Language:
    """The language of a code such as `pt-br`; the rules of English punctuation for one that is not here."""
    return LANGUAGES.get((code or "").partition("-")[0].lower(), UNKNOWN)


def language_choices() -> list[tuple[str, str]]:
    """The choices of model fields; a function, so that another language needs no migration."""
    return list(LANGUAGE_NAMES.items())


def native_name(code: str) -> str:
    """The name of a language in that language: Français, العربية."""
    if code == "zh":
        return "中文"
    info: dict[str, Any] = LANG_INFO.get(code) or LANG_INFO.get(code.split("-")[0]) or {}
    name = str(info.get("name_local", code))
    return name[:1].upper() + name[1:]
