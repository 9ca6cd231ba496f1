"""Captions as in archives, all written for this test, in six languages."""

from typing import Final

CREDITED: Final = (
    # English
    "A ferry leaves the old port.[ (Image Credit: ]Lena Ort/via Reuters[)]",
    "The minister at dawn.[ (Photo Credit: ]Omar Sahl/AFP[)]",
    "Two cranes over the harbour.[ Photo: ]Mira Field",
    "Rice terraces after the rain.[ Image: ]Tomas Birk",
    "[© ]Jonas Reed",
    "[© ]2019 Priya Nair/Getty Images",
    "Voters queue in the capital.[ © ]Ilse Brandt",
    "A convoy near the border.[ ]AP Photo/Sam Weller",
    "Fishermen repair nets.[ (]AP Photo/Kofi Mensah, File[)]",
    "The reactor site seen from the air.[ ]REUTERS/Yuki Hara",
    "Protesters on the bridge.[ Credit: ]Dana Cole",
    "[Credit: ]Ministry of Fisheries",
    "A glacier in retreat.[ Photo by ]Anna Falk",
    "Solar panels on a school roof.[ (Photo by ]Ben Otieno/AFP via Getty Images[)]",
    "The new terminal.[ Courtesy of ]Port Authority",
    "A drone over the field.[ Photo courtesy of ]Agrifly",
    "The river at low water[ | Photo: ]Greg Stone",
    "Market day[ — Photograph: ]Ruth Amadi",
    "The assembly votes.[ Picture: ]PA",
    "A satellite image of the strait.[ Source: ]Open Imagery Hub",
    "Oil storage tanks[ (]Reuters[)]",
    "Ships wait outside the canal.[ (]Getty Images[)]",
    "Leaders meet in June.[ (]Hugo Lind/EPA[)]",
    "Workers leave the plant.[ (]Eva Moss via AP[)]",
    # French
    "Le marché aux poissons.[ Crédit photo : ]Luc Arnaud",
    "Le président à la tribune.[ (Crédit : ]Nadia Roux/AFP[)]",
    "Un village du Sahel.[ Photo : ]Issa Koné",
    "La centrale vue du ciel[ © ]Paul Mercier",
    "[Crédits : ]Agence spatiale",
    "Des manifestants à Lyon.[ (Photo ]Marc Vidal/AFP[)]",
    "Une usine fermée.[ Photo de ]Claire Besson",
    "Le port de Dakar.[ Source : ]Autorité portuaire",
    "[Image : ]Sophie Lang",
    "La salle des votes.[ © ]Assemblée nationale",
    "Le barrage en 2011.[ (© ]Henri Petit[)]",
    "Vue du delta.[ Illustration : ]Atelier Nord",
    "Des pêcheurs[ | Crédit image : ]Awa Sow",
    "Des soldats français au Mali.[ ]REUTERS/Joël Bram",
    # German
    "Der Hafen im Winter.[ Foto: ]Karl Brehm",
    "Die Kanzlerin im Ausschuss.[ (Foto: ]Inge Wolf/dpa[)]",
    "Ein Windpark vor Sylt.[ Bild: ]Jens Möller",
    "[Bildquelle: ]Stadtarchiv Lübeck",
    "Eine Brücke über die Elbe.[ Bildnachweis: ]Anja Krug",
    "Traktoren vor dem Tor.[ © ]Peter Lauer",
    "Der Grenzübergang.[ Foto von ]Sara Linde",
    "Das neue Werk.[ Quelle: ]Werkfoto",
    "Ein Stellwerk[ (]picture alliance[)]",
    "Proteste in Halle.[ Fotos: ]Uwe Rahn",
    "Ein Labor in Jena[ | Foto: ]Technische Hochschule",
    "Das Wrack.[ Fotocredit: ]Nils Hartung",
    "Der Rat tagt.[ (Bild: ]IMAGO/Olaf Schmitt[)]",
    "Hochwasser an der Donau.[ Grafik: ]Redaktion",
    "[Copyright: ]Museum für Technik",
    # Spanish
    "El mercado central.[ Foto: ]Julia Prado",
    "La presidenta en el pleno.[ (Foto: ]Raúl Mena/EFE[)]",
    "Un glaciar en la Patagonia.[ Crédito: ]Elena Soto",
    "[Imagen: ]Archivo Municipal",
    "Vista del puerto.[ Fuente: ]Autoridad Portuaria",
    "Una mina a cielo abierto.[ Fotografía de ]Iván Rojas",
    "Un barrio inundado[ © ]Marta Gil",
    "La refinería.[ Cortesía de ]Petrosur",
    "Los negociadores en Bogotá[ (]EFE[)]",
    "Pescadores al amanecer.[ Créditos: ]Nora Vega",
    "Una escuela rural[ | Fotografía: ]Pablo Ríos",
    "Mapa del estrecho.[ Ilustración: ]Taller Gráfico",
    "El embalse vacío.[ Crédito de la foto: ]Inés Lara",
    "Cosecha de trigo.[ ]REUTERS/Diego Paz",
    # Portuguese
    "A praia ao entardecer.[ Foto: ]Rita Lopes",
    "O ministro na conferência.[ (Foto: ]Caio Dias/Lusa[)]",
    "Um navio no Tejo.[ Crédito: ]Nuno Brás",
    "[Fotografia: ]Arquivo do Estado",
    "A barragem cheia.[ Imagem: ]Duarte Pinho",
    "Uma rua em Maputo.[ Fonte: ]Câmara Municipal",
    "O mercado do peixe[ © ]Clara Neves",
    "Trabalhadores na fábrica.[ Foto de ]Hugo Matos",
    "Campos de soja.[ Cortesia de ]Agrosul",
    "O plenário vazio[ (]Agência Brasil[)]",
    "A linha férrea[ | Foto: ]Sara Moura",
    "O vulcão visto do mar.[ Créditos: ]Ana Furtado",
    # Italian
    "Il porto di Trieste.[ Foto: ]Gianni Riva",
    "La premier in aula.[ (Foto: ]Sara Conti/ANSA[)]",
    "Una vigna in collina.[ Foto di ]Luca Serra",
    "[Immagine: ]Archivio Storico",
    "La diga dopo la piena.[ Crediti: ]Elisa Mori",
    "Vista del golfo.[ Fonte: ]Capitaneria",
    "Un cantiere navale[ © ]Dario Pace",
    "Il museo.[ Per gentile concessione di ]Fondazione Alba",
    "Manifestanti in piazza[ (]ANSA[)]",
    "La ferrovia[ | Fotografia: ]Anna Testa",
    "Un faro nella nebbia.[ Credito fotografico: ]Ivo Neri",
    "Navi in rada.[ ]AP Photo/Gino Sarti",
)
"""Caption and credit; what belongs to neither is in brackets, which are not in the text."""

WITHOUT_CREDIT: Final = (
    # English
    "A view of the old town",
    "The bridge (built in 1932) was closed on Monday.",
    "The photo shows a crowd of several thousand people.",
    "Residents photographed by the team last year",
    "The prime minister (left) and his deputy",
    # French
    "Le ministre (à gauche) et son conseiller",
    "La photo date de 1962.",
    "Une rue de Tunis",
    "Le crédit à la consommation augmente.",
    # German
    "Ein Bild aus besseren Tagen",
    "Das Rathaus (erbaut 1899) im Schnee",
    "Minister Groß (links) mit Gästen",
    # Spanish
    "La foto fue tomada en 1985.",
    "El alcalde (derecha) y su equipo",
    "Vecinos reunidos en la plaza",
    # Portuguese
    "Um retrato da família",
    "O presidente (ao centro) com os ministros",
    "A foto mostra a ponte antes da cheia.",
    # Italian
    "Il ministro (a sinistra) e il sindaco",
    "La foto risale al 1974.",
    "Una barca a vela",
)

UNDECIDED: Final = (
    # English
    "A street in the rain (Paul Winter)",
    "Children at play. Maria Holt",
    "Photo: the harbour at night, seen from the northern breakwater last spring",
    # French
    "Une école rurale (Julie Caron)",
    # German
    "Ein Feld bei Soest. Dirk Ahlers",
    "Eine Werft (Heike Thoma)",
    # Spanish
    "Un tren de carga (Luis Campos)",
    # Portuguese
    "Um pescador (Tiago Reis)",
    # Italian
    "Un mercato rionale (Carlo Bassi)",
)
"""Only an editor can decide whether they end with a credit."""
