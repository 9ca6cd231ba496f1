"""Agencies and photographers: a changed name or wording reaches every picture they have given us.

How a picture came to be: the words of the IPTC's vocabulary, for editors.

The vocabulary is at cv.iptc.org/newscodes/digitalsourcetype; a picture's row holds the last part
of an address there.
"""

from typing import Final

from accounts.models import User
from articles.images.models import Agency, Image, Photographer
from articles.images.rights.bulk_changes import recording


def save(origin: Agency | Photographer, *, by: User | None) -> int:
    """Saves the row and writes the credits of all its pictures anew; returns how many they are."""
    field = "agency" if isinstance(origin, Agency) else "photographer"
    with recording(Image.objects.filter(**{f"{field}_id": origin.pk}), by=by) as pictures:
        origin.save()
        return pictures.count()


ADDRESS: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"

SOURCE_TYPES: Final = {
    "digitalCapture": "Photographed with a camera",
    "computationalCapture": "Photographed, computed from several shots",
    "negativeFilm": "Scanned from a negative",
    "positiveFilm": "Scanned from a slide",
    "print": "Scanned from a print",
    "humanEdits": "Changed by a person",
    "minorHumanEdits": "Retouched a little",
    "compositeCapture": "Put together from photographs",
    "algorithmicallyEnhanced": "Improved by a program",
    "dataDrivenMedia": "Drawn from data",
    "digitalArt": "Drawn by a person on a computer",
    "digitalCreation": "Made by a person on a computer",
    "virtualRecording": "Recorded in a made-up world",
    "screenCapture": "Picture of a screen",
    "compositeSynthetic": "Put together, parts made by AI",
    "compositeWithTrainedAlgorithmicMedia": "Changed with AI",
    "trainedAlgorithmicMedia": "Made by AI",
    "algorithmicMedia": "Made by a program, without training",
}


def last_part(said: str) -> str:
    """The word of the vocabulary in what a file says, whole address or not."""
    return said.strip().rstrip("/").rsplit("/", 1)[-1]
