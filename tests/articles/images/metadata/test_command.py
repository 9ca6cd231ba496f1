"""`manage.py read_metadata` prints one JSON object a line."""

import json
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from tests.articles.images.metadata.blocks import alternatives, iim, jpeg, packet


def test_each_file_gets_a_line_with_its_values_and_their_blocks(tmp_path: Path) -> None:
    xmp = packet(alternatives("dc:description", x_default="A quay"))
    (tmp_path / "quay.jpg").write_bytes(jpeg(xmp=xmp, iim_block=iim((2, 110, b"Meridian"))))
    (tmp_path / "notes.txt").write_text("no picture")
    out = StringIO()
    names = [str(tmp_path / name) for name in ("quay.jpg", "notes.txt", "nowhere.jpg")]
    call_command("read_metadata", *names, stdout=out)
    values, notes, nowhere = (json.loads(line) for line in out.getvalue().splitlines())
    assert (values["file"], values["caption"], values["credit"]) == (names[0], "A quay", "Meridian")
    assert values["from"] == {"caption": "xmp", "credit": "iim"}
    assert values["keywords"] is None
    assert set(notes) == set(nowhere) == {"file", "error"}
