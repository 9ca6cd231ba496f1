"""The project's files: locked dependencies, reasons for them, the architecture page."""

import json
import re
import tomllib

from iria import __version__
from tests import architecture
from tests.shared import PROJECT

LOCKS = [
    f"requirements{part}.txt"
    for part in ("", "-dev", "-postgres", "-s3", "-webhooks", "-sentry", "-build")
]


def test_lock_files_have_hashes_and_no_urls() -> None:
    for name in LOCKS:
        text = (PROJECT / name).read_text()
        assert "://" not in text
        packages = re.findall(r"^\w.*", text.replace("\\\n", " "), flags=re.MULTILINE)
        assert packages
        assert all("==" in line and "--hash=sha256:" in line for line in packages), name


def test_lock_files_agree_on_versions() -> None:
    versions: dict[str, set[str]] = {}
    for name in LOCKS:
        pins = re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (PROJECT / name).read_text(), re.MULTILINE)
        for package, version in pins:
            versions.setdefault(package, set()).add(version)
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


def test_every_package_is_in_the_lock_file_for_development() -> None:
    """The checks install that one only."""
    locked = {
        name: set(re.findall(r"^([a-z0-9-]+)==", (PROJECT / name).read_text(), re.MULTILINE))
        for name in LOCKS
    }
    missing = {name: found - locked["requirements-dev.txt"] for name, found in locked.items()}
    missing.pop("requirements-postgres.txt")  # not needed where the system has PostgreSQL
    assert {name: found for name, found in missing.items() if found} == {}


def test_npm_lock_files_have_hashes_and_no_urls() -> None:
    locks = [*(PROJECT / "tests").glob("*/package-lock.json")]
    locks += (PROJECT / "tests").glob("*/*/package-lock.json")
    assert len(locks) == 2
    for lock in locks:
        text = lock.read_text()
        assert "://" not in text, lock
        packages = json.loads(text)["packages"]
        hashes = [each["integrity"] for name, each in packages.items() if name]
        assert all(each.startswith("sha512-") for each in hashes), lock


def test_every_dependency_has_a_documented_reason() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    reasons = (PROJECT / "docs" / "decisions" / "dependencies.md").read_text()
    dependencies = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    dependencies += project["build-system"]["requires"]
    for extra in project["project"]["optional-dependencies"].values():
        dependencies += extra
    names = {re.split(r"[\[~=<>]", line)[0] for line in dependencies}
    assert {name for name in names if f"`{name}`" not in reasons} == set()


def test_every_optional_package_has_a_lock_file_of_its_own() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    assert {f"requirements-{name}.txt" for name in extras} < {*LOCKS}


def test_the_changelog_and_the_guides_name_the_version_of_the_package() -> None:
    changelog = (PROJECT / "CHANGELOG.md").read_text()
    assert re.findall(r"^## \[(.+?)\]", changelog, re.MULTILINE)[0] == __version__
    for page in (PROJECT / "docs").glob("*.md"):
        assert {*re.findall(r"iria-([0-9.]+)-py3", page.read_text())} <= {__version__}, page


def test_the_architecture_page_lists_every_package() -> None:
    page = (PROJECT / "docs" / "architecture.md").read_text()
    listed = set(re.findall(r"^  ([a-z_]+)/ ", page, flags=re.MULTILINE))
    existing = {
        package.name
        for app in ("iria", "articles", "newsletter")
        for package in (PROJECT / app).iterdir()
        if (package / "__init__.py").exists()
    }
    # Standard packages of Django need no explanation.
    standard = {"admin", "management", "migrations", "models", "templatetags"}
    assert listed - standard == existing - standard


def test_the_generated_parts_of_the_docs_are_current() -> None:
    for file, page in architecture.pages().items():
        assert file.read_text() == page, "run: python -m tests.architecture"


def test_modules_and_pages_that_are_named_exist() -> None:
    pages = [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")]
    packages = ("accounts", "articles", "iria", "newsletter", "tests")
    modules = [module for each in packages for module in (PROJECT / each).rglob("*.py")]
    names = {module.name for module in modules}
    missing = {
        f"{page.name}: {name}"
        for page in pages
        for name in re.findall(r"([\w.-]+\.py)\b", page.read_text())
        if page.name != "CHANGELOG.md" and name not in names and not (PROJECT / name).exists()
    }
    missing |= {
        f"{file.name}: {name}"
        for file in [*pages, *modules]
        for name in re.findall(r"docs/[\w/-]+\.md\b", file.read_text())
        if file.name != "CHANGELOG.md" and not (PROJECT / name).exists()
    }
    assert missing == set()


def test_every_hook_and_signal_says_what_it_is_for() -> None:
    for table in (architecture.hooks(), architecture.signals()):
        assert "|  |" not in table


def test_journeys_know_the_product_only_from_outside() -> None:
    ours = re.compile(r"^ *(?:from|import) (?:iria|articles|accounts|newsletter)\b", re.MULTILINE)
    journeys = list((PROJECT / "tests/journeys").glob("*.py"))
    assert journeys
    assert [path.name for path in journeys if ours.search(path.read_text())] == []
