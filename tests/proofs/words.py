"""Metadata of photographs in several languages, including hostile text."""

from typing import Any, Final

_COMMON: Final[dict[str, Any]] = {
    "taken": "2026-03-14T09:30:05+01:00",
    "licence": "https://creativecommons.org/licenses/by/4.0/?lang=a&b",
    "licensor_url": "https://meridian.example/buy?id=1&x=<2>",
    "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
}


def _words(caption: str, names: list[str], place: tuple[str, str], **more: Any) -> dict[str, Any]:
    """One set of metadata; other fields are derived from the caption."""
    city, country = place
    return {
        "headline": caption[:60].strip(),
        "title": caption[:30].strip(),
        "caption": caption,
        "byline": names,
        "credit": f"{names[0]}/Meridian",
        "source": f"Meridian {city}",
        "copyright": f"© 2026 {names[0]}",
        "city": city,
        "country": country,
        "keywords": [city, *caption.split()[:3]],
        "usage_terms": caption[-40:].strip(),
        "alt_text": f"{city}: {caption[:40]}".strip(),
        "extended_description": f"{caption} {caption}",
        "persons": names,
        "licensor": f"Meridian {country}",
        **_COMMON,
        **more,
    }


WORDS: Final = [
    _words(
        "Un été à la Réunion : la forêt brûle près de la côte, l'île entière a été évacuée",
        ["Hélène Lefèvre", "Benoît Guéant"],
        ("Saint-André", "Réunion"),
    ),
    _words(
        "Ein Mädchen läuft über die Brücke; für die größeren Öfen fehlt schon wieder Öl",
        ["Jörg Müller", "Käthe Weiß"],
        ("Köln", "Österreich"),
    ),
    _words(
        "¿Mañana? El niño pequeño miró la inundación desde el balcón del colegio público",
        ["José Muñoz", "Iñaki Peña"],
        ("Málaga", "España"),
    ),
    _words(
        "Pescadores à espera: não há cação nem pão, e a praça está fechada até às três",
        ["João Conceição", "Inês Simões"],
        ("São Tomé", "São Tomé e Príncipe"),
    ),
    _words(
        "På gården står åtta kor; när än räven kommer, går hunden ut på ängen i solnedgång",
        ["Åsa Sjöström", "Bjørn Ærø"],
        ("Ängelholm", "Färöarna"),
    ),
    _words(
        "Perché la città è così? La libertà c'è già, però l'attività più bella è di là",
        ["Niccolò Pasqualì", "Zoë Cantù"],
        ("Forlì", "Haïti"),
    ),
    _words(
        "“L’eau est montée”, dit-elle – puis plus rien… Le quai, lui, n’a pas cédé à l’œil nu",
        ["Anaïs d’Œuvre", "Noël L’Hôte"],
        ("Fos-sur-Mer – Étang", "Côte d’Ivoire"),
    ),
    _words(
        "The players’ bus – it’s “too late”, they’d said — waits; the café’s owner isn’t there…",
        ["Sean O’Brien", "Chloë Brontë"],
        ("Dún Laoghaire", "Éire"),
    ),
    _words(
        "Straße gesperrt: „Kein Öl“, heißt es, „und kein Gas“ – für 300 € je Tag (5 °C)",
        ["Björn Groß", "Renée Schäfer"],
        ("Düsseldorf", "Großbritannien"),
    ),
    _words(
        "=HYPERLINK(\"x\") <b>Café</b> & <script>alert(1)</script> ]]> 'déjà vu' \\ {{ x }}",
        ["<i>Zoé</i>", "O'Né & fils"],
        ("Besançon", "Curaçao"),
    ),
    _words(
        "渋谷の交差点で Ωμέγα и Москва: Žižkov, Łódź, İstanbul, ẞ, 😀 – שלום",
        ["田中 太郎", "Żaneta Ćwik"],
        ("Łódź", "日本"),
    ),
]
"""Only UTF-8 can encode the last one."""
