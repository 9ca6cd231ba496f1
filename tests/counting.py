"""Which lines and branches of ours the tests walk, in coverage's own file for `coverage report`.

    PYTEST_PLUGINS=tests.counting pytest …

coverage's own counting has Python stop at every line of Django, too, which takes as long as the lines
themselves; asking for our files alone, as here, it learned for Python 3.14. What is written down is the
same: pairs of lines of which one came after the other, where -n stands for the world outside of what
begins in line n.
"""

import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from types import CodeType
from typing import Any, Final

import pytest
from coverage import Coverage, CoverageData

_monitoring: Final = sys.monitoring
_EVENTS: Final = _monitoring.events
_frame_above: Final = sys._getframe

Pairs = set[tuple[int, int]]


class Counting:
    """Counts in all threads, from `begin` to `end`, what is walked in some files."""

    def __init__(self, files: Iterable[str], tool: int = _monitoring.COVERAGE_ID) -> None:
        self.walked: dict[str, Pairs] = {file: set() for file in files}
        self._tool = tool
        self._watched: dict[int, CodeType] = {}
        self._last: dict[int, int] = {}
        """The last line of each frame, by the frame's identity: to keep the frame itself would keep
        all that it holds."""

    def begin(self) -> None:
        _monitoring.use_tool_id(self._tool, "iria")
        for event, told in (
            (_EVENTS.PY_START, self._enters),
            (_EVENTS.LINE, self._walks),
            (_EVENTS.PY_RETURN, self._leaves),
        ):
            _monitoring.register_callback(self._tool, event, told)
        _monitoring.set_events(self._tool, _EVENTS.PY_START)

    def end(self) -> None:
        _monitoring.set_events(self._tool, _EVENTS.NO_EVENTS)
        for code in self._watched.values():
            _monitoring.set_local_events(self._tool, code, _EVENTS.NO_EVENTS)
        _monitoring.free_tool_id(self._tool)

    def _enters(self, code: CodeType, _offset: int) -> object:
        if code.co_filename not in self.walked:
            return _monitoring.DISABLE
        if id(code) not in self._watched:
            self._watched[id(code)] = code
            _monitoring.set_local_events(self._tool, code, _EVENTS.LINE | _EVENTS.PY_RETURN)
        # Also where another frame stood that an exception ended: it never returned.
        self._last[id(_frame_above(1))] = -code.co_firstlineno
        return None

    def _walks(self, code: CodeType, line: int) -> None:
        frame = id(_frame_above(1))
        last = self._last
        self.walked[code.co_filename].add((last.get(frame, -code.co_firstlineno), line))
        last[frame] = line

    def _leaves(self, code: CodeType, _offset: int, _value: object) -> None:
        outside = -code.co_firstlineno
        last = self._last.pop(id(_frame_above(1)), outside)
        self.walked[code.co_filename].add((last, outside))


class Counted:
    """The plugin: each core counts, and the one that dealt out the tests writes all of it down."""

    def __init__(self, root: Path) -> None:
        self._file = root / ".coverage"
        self._counting = Counting(_ours(root))
        self._counting.begin()

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["walked"] = {file: [*pairs] for file, pairs in self._counting.walked.items()}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        for file, pairs in getattr(node, "workeroutput", {}).get("walked", {}).items():
            self._counting.walked[file].update(pairs)

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        self._counting.end()
        if not hasattr(config, "workeroutput"):
            data = CoverageData(str(self._file))
            data.erase()
            data.add_arcs(self._counting.walked)
            data.touch_files(self._counting.walked)
            data.close()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before Django loads the models: what stands at the head of a file is walked only once."""
    early_config.pluginmanager.register(Counted(early_config.rootpath))


def _ours(root: Path) -> Iterator[str]:
    """All files that pyproject.toml tells coverage to look at, whether a test opens them or not."""
    asked = Coverage(data_file=None, config_file=str(root / "pyproject.toml"))
    houses, left_out = (_words(asked.get_option(f"run:{name}")) for name in ("source", "omit"))
    for house in houses:
        for file in (root / house).rglob("*.py"):
            folders = [*file.relative_to(root).parents][:-1]
            packages = all((root / folder / "__init__.py").exists() for folder in folders)
            if packages and not any(fnmatch(str(file), pattern) for pattern in left_out):
                yield str(file)


def _words(option: object) -> list[str]:
    return [str(word) for word in option] if isinstance(option, list) else []
