"""What a stranger finds when they open the project."""

import re
import tomllib

from tests.shared import PROJECT

LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-postgres.txt"]


def test_locks_carry_hashes_and_no_addresses() -> None:
    for name in LOCKS:
        text = (PROJECT / name).read_text()
        assert "://" not in text
        packages = re.findall(r"^[a-z0-9][^\n]*==[^\n]*", text, flags=re.MULTILINE)
        assert packages
        assert all(line.rstrip().endswith("\\") for line in packages), name


def test_every_dependency_has_its_reason_written_down() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    reasons = (PROJECT / "docs" / "decisions" / "dependencies.md").read_text()
    groups = project["dependency-groups"]
    wanted = project["project"]["dependencies"] + groups["dev"] + groups["postgres"]
    names = {re.split(r"[\[~=<>]", line)[0] for line in wanted}
    assert {name for name in names if f"`{name}`" not in reasons} == set()


def test_the_house_on_paper_is_the_house_that_stands() -> None:
    page = (PROJECT / "docs" / "house.md").read_text()
    for app in ("iria", "articles", "accounts", "newsletter"):
        for room in sorted((PROJECT / app).iterdir()):
            if room.is_dir() and (room / "__init__.py").exists() and room.name != "migrations":
                assert f"{room.name}/" in page, f"{app}/{room.name} is not in docs/house.md"
    drawn = re.findall(r"^  ([a-z]+)/ ", page, flags=re.MULTILINE)
    standing = {
        room.name
        for app in ("iria", "articles", "accounts", "newsletter")
        for room in (PROJECT / app).iterdir()
    }
    assert {name for name in drawn if name not in standing} == set()
