"""Requests pages many times, one after another, next to the baseline."""

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
    """Pages of one kind on one server, requested in turn over one connection."""

    name: str
    server: Server
    paths: Sequence[str]
    block: int
    """The number of requests per round."""
    held: bool = False
    """Whether the client revalidates a cached page."""
    tags: dict[str, str] = field(default_factory=dict)
    rounds: list[float] = field(default_factory=list)
    """Milliseconds of processor time per response, web server and database, by round."""
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

    def ratio(self, baseline: "Target") -> float:
        """The ratio to the baseline: the median of the ratios of the rounds.

        Other load on the machine slows down both sides of a round.
        """
        pairs = zip(self.rounds, baseline.rounds, strict=True)
        return median(own / theirs for own, theirs in pairs)


def measure(targets: Sequence[Target], database_cpu: Callable[[], float], *, rounds: int) -> None:
    """Measures the targets in rounds, with a block of requests for each.

    Requests are compressed and unconditional, like the first request of a browser;
    those of a `held` target have the ETag.

    Raises:
        RuntimeError: the status was not 200, or not 304 for a `held` target.
    """
    for target in targets:
        if target.held:
            target.tags = {path: _tag_of(target, path) for path in target.paths}
        _request_many(target, WARM_UP)
    for _ in range(rounds):
        for target in targets:
            server_before, database_before = target.server.cpu(), database_cpu()
            target.waits += _request_many(target, target.block)
            database = database_cpu() - database_before
            own = target.server.cpu() - server_before
            target.database.append(database * 1000 / target.block)
            target.rounds.append((own + database) * 1000 / target.block)


HEADERS: Final = {"Host": "127.0.0.1", "Accept-Encoding": "gzip, deflate, br, zstd"}


def _request_many(target: Target, times: int) -> list[float]:
    connection = HTTPConnection("127.0.0.1", target.server.port, timeout=60)
    waits = []
    for _ in range(times):
        path = target.paths[target.asked % len(target.paths)]
        target.asked += 1
        headers = HEADERS | ({"If-None-Match": target.tags[path]} if target.held else {})
        begin = perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        target.bytes = len(response.read())
        waits.append((perf_counter() - begin) * 1000)
        if response.status != (304 if target.held else 200):
            raise RuntimeError(f"{path} answered {response.status}.")
    connection.close()
    return waits


def size_of(target: Target) -> int:
    """The bytes of the first page as sent."""
    _request_many(target, len(target.paths))
    return target.bytes


def _tag_of(target: Target, path: str) -> str:
    connection = HTTPConnection("127.0.0.1", target.server.port, timeout=60)
    connection.request("GET", path, headers=HEADERS)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.headers["ETag"]
