"""What an import has read and found is kept on disk."""

from iria.transfer.records import Remark
from iria.transfer.report import DiskDict, Spool


def test_records_come_back_in_their_order_and_as_often_as_needed() -> None:
    spool = Spool()
    records = [Remark(f"code {n}", "text\ud800") for n in range(3)]
    for each in records:
        spool.add(each)
    assert len(spool) == 3
    assert list(spool) == list(spool) == records


def test_a_dictionary_on_disk_is_one() -> None:
    found: DiskDict[int] = DiskDict()
    found["a"], found["half \ud800"] = 1, 2
    found["a"] = 3
    assert found.setdefault("b", 4) == 4
    assert (found["a"], found["half \ud800"], found.get("c")) == (3, 2, None)
    del found["b"]
    assert "b" not in found
    assert len(list(found)) == len(found) == 2


def test_a_name_with_half_a_character_leads_to_its_row() -> None:
    names: DiskDict[str] = DiskDict()
    rows: DiskDict[int] = DiskDict()
    names["file"], rows["\udfff"] = "\udfff", 7
    assert rows[names["file"]] == 7
