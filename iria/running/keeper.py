"""The keeper: a small process that runs one cluster's server for as long as anybody uses it.

Whoever uses the cluster holds its users' lock, shared. The keeper tries to get that lock alone;
when it does, the last user has gone – left, crashed or been killed, the kernel makes no difference
– and the server is stopped cleanly. A server that dies is started again, a few times. The server
dies with the keeper, so no `kill -9` of either leaves a database that nobody will ever stop.

    python -m iria.running.keeper STATE durable|throwaway

It says `ready` or `failed: a sentence` on its standard output, once, and is quiet then.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from iria.running import locks, postmaster
from iria.running.cluster import Cluster
from iria.running.telling import StartError, sentence_about

TRIES, WITHIN_SECONDS = 5, 60.0


def main(state: str, kind: str) -> int:
    cluster = Cluster(Path(state), durable=kind == "durable")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    alone = locks.open_lock(cluster.keeper_lock)
    if not locks.attempt(alone):
        return 0
    users = locks.open_lock(cluster.users_lock)
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: asked.append(number))
    try:
        running = _start(cluster)
        _report("ready")
        try:
            _keep(cluster, running, users, asked)
        finally:
            # In this order: whoever gets the users' lock must not find a keeper still.
            os.close(alone)
            os.close(users)
    except StartError as why:
        _report(f"failed: {why}")
        print(why, file=sys.stderr)
        return 1
    return 0


def _report(word: str) -> None:
    """Answer whoever started us, if they still listen, and let go of the pipe."""
    with suppress(OSError):
        os.write(1, f"{word}\n".encode())
    os.dup2(2, 1)


def _start(cluster: Cluster) -> "subprocess.Popen[bytes]":
    """Start the server on its remembered port, or on another one if that was taken meanwhile."""
    try:
        server = cluster.server()
        server.clear_leftovers()
        for attempt in range(3):
            port = postmaster.free_port(cluster.access().port if attempt == 0 else None)
            try:
                running = server.start(port)
            except postmaster.PortTaken:
                continue
            cluster.remember_port(port)
            return running
    except OSError as trouble:
        raise StartError(sentence_about(trouble)) from trouble
    raise StartError("The database finds no free port on 127.0.0.1.")


def _keep(
    cluster: Cluster, running: "subprocess.Popen[bytes]", users: int, asked: list[int]
) -> None:
    """Run the server until the last user has gone, we are asked to end, or it keeps dying."""
    deaths: list[float] = []
    try:
        while not locks.attempt(users) and not asked:
            if running.poll() is not None:
                now = time.monotonic()
                deaths = [*(then for then in deaths if now - then < WITHIN_SECONDS), now]
                if len(deaths) > TRIES:
                    raise StartError(f"The database ended {TRIES} times within a minute.")
                running = _start(cluster)
            time.sleep(0.1)
    finally:
        postmaster.stop(running)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
