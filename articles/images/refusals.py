"""Why a picture is not taken in, and what to do: a sentence for whoever sent it.

Apart from the modules that raise them, since a web process reads them and never loads a decoder.
"""

from typing import Final

SAVE_SMALLER: Final = "save it smaller and upload that."
BROKEN: Final = "This picture is broken or cut off and cannot be read; export or copy it again."
TOO_MUCH: Final = "This picture takes too much memory or time to open; export it again, smaller."
RAW: Final = "This is a camera's raw file; develop it, export it as JPEG and upload that."
GROWING: Final = (
    "This animation grows beyond the pixels we take in; make it smaller, or upload a still."
)
UNUSUAL: Final = (
    "This TIFF is broken, or holds its pixels in a way we cannot read; save it as an RGB or CMYK "
    "file of 8 or 16 bits a channel, or as JPEG, and upload that."
)
TOO_LONG: Final = "This picture takes too long to open; export it again, perhaps smaller."
NO_ROOM: Final = "There is no room left on the server's disk; tell whoever looks after it."
HDR: Final = (
    "This is an HDR picture, brighter than the screens of most readers; export it in standard "
    "range (SDR, sRGB) and upload that."
)
