"""A custom template with an old name is reported with its new name."""

from pathlib import Path
from typing import Any

from iria import renamed_templates
from iria.renamed_templates import RENAMED, check_template_names, new_name
from tests.shared import PROJECT


def test_no_renamed_template_exists_under_its_old_name() -> None:
    folder = PROJECT / "templates"
    both = {old for old, new in RENAMED.items() if (folder / old).exists()} & {
        old for old, new in RENAMED.items() if (folder / new).exists()
    }
    assert both == set()
    assert check_template_names(app_configs=None) == []


def test_a_custom_template_with_an_old_name_is_reported(tmp_path: Path, settings: Any) -> None:
    for name in ("iria/kept.html", "articles/reading/category.html", "iria/personal_data.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "articles/public").mkdir()
    (tmp_path / "articles/public/category.html").touch()
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    found = check_template_names(app_configs=None)
    assert {each.id for each in found} == {"iria.W002"}
    assert sorted(each.msg for each in found) == [
        f"The template {tmp_path / old} has no effect: {old} was renamed to {new}."
        for old, new in (
            ("articles/reading/category.html", "articles/public/category.html"),
            ("iria/kept.html", "iria/personal_data.html"),
        )
    ]


def test_no_new_name_is_itself_an_old_one() -> None:
    assert [new for new in RENAMED.values() if new_name(new)] == []
    assert renamed_templates.new_name("articles/public/category.html") is None
