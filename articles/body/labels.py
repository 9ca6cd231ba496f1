"""Labels that rendering adds to a body, in the language of the article."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Labels:
    notes: str = "Notes"
    """The heading above the footnotes."""
    back: str = "Back to the text"
    """Label of the arrow after a footnote, for screen readers."""
    table: str = "Table"


ENGLISH: Final = Labels()

LABELS: Final = {
    "en": ENGLISH,
    "fr": Labels("Notes", "Retour au texte", "Tableau"),
    "de": Labels("Anmerkungen", "Zurück zum Text", "Tabelle"),
    "es": Labels("Notas", "Volver al texto", "Tabla"),
    "pt": Labels("Notas", "Voltar ao texto", "Tabela"),
    "it": Labels("Note", "Torna al testo", "Tabella"),
    "nl": Labels("Noten", "Terug naar de tekst", "Tabel"),
    "pl": Labels("Przypisy", "Powrót do tekstu", "Tabela"),
    "ru": Labels("Примечания", "Назад к тексту", "Таблица"),
    "uk": Labels("Примітки", "Назад до тексту", "Таблиця"),
    "tr": Labels("Notlar", "Metne dön", "Tablo"),
    "ar": Labels("الهوامش", "العودة إلى النص", "جدول"),
    "fa": Labels("پانویس‌ها", "بازگشت به متن", "جدول"),
    "he": Labels("הערות", "חזרה לטקסט", "טבלה"),
    "ur": Labels("حواشی", "متن پر واپس جائیں", "جدول"),
    "hi": Labels("टिप्पणियाँ", "पाठ पर वापस जाएँ", "तालिका"),
    "zh": Labels("注释", "返回正文", "表格"),
    "ja": Labels("注", "本文に戻る", "表"),
    "ko": Labels("주", "본문으로 돌아가기", "표"),
    "id": Labels("Catatan", "Kembali ke teks", "Tabel"),
}


def labels_for(language: str) -> Labels:
    """The labels for a language code such as `pt-br`; English if there are none."""
    return LABELS.get(language.partition("-")[0].lower(), ENGLISH)
