"""Asking for a page many times, one after another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median, quantiles
from time import perf_counter

from tests.bench.serving import Server

WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """What one answer costs, in milliseconds: processor time of web server and database, and waiting."""

    name: str
    requests: int
    cpu: float
    database_cpu: float
    wall: float
    wall_p95: float
    bytes: int

    @property
    def whole_cpu(self) -> float:
        return self.cpu + self.database_cpu


def measure(
    name: str,
    server: Server,
    database_cpu: Callable[[], float],
    paths: Sequence[str],
    *,
    requests: int,
) -> Measured:
    """Asks for the pages in turn over one connection, with no header that would spare the work.

    Raises:
        RuntimeError: an answer was not 200.
    """
    asking = HTTPConnection("127.0.0.1", server.port, timeout=60)
    for number in range(WARM_UP):
        size = _ask(asking, paths[number % len(paths)])
    before, database_before = server.cpu(), database_cpu()
    waits = []
    for number in range(requests):
        begin = perf_counter()
        size = _ask(asking, paths[number % len(paths)])
        waits.append((perf_counter() - begin) * 1000)
    cpu, database = server.cpu() - before, database_cpu() - database_before
    asking.close()
    return Measured(
        name=name,
        requests=requests,
        cpu=cpu * 1000 / requests,
        database_cpu=database * 1000 / requests,
        wall=median(waits),
        wall_p95=quantiles(waits, n=20)[-1],
        bytes=size,
    )


def _ask(asking: HTTPConnection, path: str) -> int:
    asking.request("GET", path, headers={"Host": "127.0.0.1", "Cache-Control": "no-cache"})
    answer = asking.getresponse()
    body = answer.read()
    if answer.status != 200:
        sentence = f"{path} answered {answer.status}."
        raise RuntimeError(sentence)
    return len(body)
