"""Asking for pages many times, one after another, each beside the floor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from statistics import median, quantiles
from time import perf_counter
from typing import Final

from tests.bench.serving import Server

WARM_UP = 24


@dataclass(slots=True)
class Target:
    """Pages of one kind on one server, asked for in turn over one connection."""

    name: str
    server: Server
    paths: Sequence[str]
    block: int
    """How often in one round."""
    held: bool = False
    """Whether the reader holds the current page already, and is told so."""
    tags: dict[str, str] = field(default_factory=dict)
    rounds: list[float] = field(default_factory=list)
    """Milliseconds of processor time an answer took, web server and database, round by round."""
    database: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    bytes: int = 0
    asked: int = 0

    @property
    def cpu(self) -> float:
        return median(self.rounds)

    @property
    def database_cpu(self) -> float:
        return median(self.database)

    @property
    def wall_p95(self) -> float:
        return quantiles(self.waits, n=20)[-1]

    def ratio(self, floor: "Target") -> float:
        """How many times the floor: the median of the rounds, each against the floor beside it.

        Other work on the machine slows both sides of a round alike.
        """
        pairs = zip(self.rounds, floor.rounds, strict=True)
        return median(own / theirs for own, theirs in pairs)


def measure(targets: Sequence[Target], database_cpu: Callable[[], float], *, rounds: int) -> None:
    """Fills the targets, round after round, a block of each in every round.

    Pages are asked for as a browser does that never saw them: compressed, and unconditionally;
    those of a `held` target by their tag.

    Raises:
        RuntimeError: an answer was not 200, or not 304 where the page was held.
    """
    for target in targets:
        if target.held:
            target.tags = {path: _tag_of(target, path) for path in target.paths}
        _ask_many(target, WARM_UP)
    for _ in range(rounds):
        for target in targets:
            before, database_before = target.server.cpu(), database_cpu()
            target.waits += _ask_many(target, target.block)
            database = database_cpu() - database_before
            own = target.server.cpu() - before
            target.database.append(database * 1000 / target.block)
            target.rounds.append((own + database) * 1000 / target.block)


HEADERS: Final = {"Host": "127.0.0.1", "Accept-Encoding": "gzip"}


def _ask_many(target: Target, times: int) -> list[float]:
    asking = HTTPConnection("127.0.0.1", target.server.port, timeout=60)
    waits = []
    for _ in range(times):
        path = target.paths[target.asked % len(target.paths)]
        target.asked += 1
        headers = HEADERS | ({"If-None-Match": target.tags[path]} if target.held else {})
        begin = perf_counter()
        asking.request("GET", path, headers=headers)
        answer = asking.getresponse()
        target.bytes = len(answer.read())
        waits.append((perf_counter() - begin) * 1000)
        if answer.status != (304 if target.held else 200):
            message = f"{path} answered {answer.status}."
            raise RuntimeError(message)
    asking.close()
    return waits


def _tag_of(target: Target, path: str) -> str:
    asking = HTTPConnection("127.0.0.1", target.server.port, timeout=60)
    asking.request("GET", path, headers=HEADERS)
    answer = asking.getresponse()
    answer.read()
    asking.close()
    return answer.headers["ETag"]
