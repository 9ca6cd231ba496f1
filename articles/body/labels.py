"""The few words that a rendered body adds of its own, in the language of the article."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wording:
    notes: str = "Notes"
    """The heading above the footnotes."""
    back: str = "Back to the text"
    """What the arrow after a footnote does, for those who hear it."""
    table: str = "Table"


ENGLISH: Final = Wording()

WORDINGS: Final = {
    "en": ENGLISH,
    "fr": Wording("Notes", "Retour au texte", "Tableau"),
    "de": Wording("Anmerkungen", "Zurück zum Text", "Tabelle"),
    "es": Wording("Notas", "Volver al texto", "Tabla"),
    "pt": Wording("Notas", "Voltar ao texto", "Tabela"),
    "it": Wording("Note", "Torna al testo", "Tabella"),
    "nl": Wording("Noten", "Terug naar de tekst", "Tabel"),
    "pl": Wording("Przypisy", "Powrót do tekstu", "Tabela"),
    "ru": Wording("Примечания", "Назад к тексту", "Таблица"),
    "uk": Wording("Примітки", "Назад до тексту", "Таблиця"),
    "tr": Wording("Notlar", "Metne dön", "Tablo"),
    "ar": Wording("الهوامش", "العودة إلى النص", "جدول"),
    "fa": Wording("پانویس‌ها", "بازگشت به متن", "جدول"),
    "he": Wording("הערות", "חזרה לטקסט", "טבלה"),
    "ur": Wording("حواشی", "متن پر واپس جائیں", "جدول"),
    "hi": Wording("टिप्पणियाँ", "पाठ पर वापस जाएँ", "तालिका"),
    "zh": Wording("注释", "返回正文", "表格"),
    "ja": Wording("注", "本文に戻る", "表"),
    "ko": Wording("주", "본문으로 돌아가기", "표"),
    "id": Wording("Catatan", "Kembali ke teks", "Tabel"),
}


def wording_of(language: str) -> Wording:
    """The words for a language code such as `pt-br`; English where we have none."""
    return WORDINGS.get(language.partition("-")[0].lower(), ENGLISH)
