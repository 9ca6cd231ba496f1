"""Requests pages like readers: `readers.py COUNT URL…`, until its input is closed.

Each reader requests one page after the other, over new connections; at the end it prints one line of JSON. It uses
only the standard library, because it runs with the Python of the test machine.
"""

import json
import sys
import threading
import time
import urllib.request
from itertools import cycle

PAUSE_SECONDS = 0.1
finished = threading.Event()
durations: list[float] = []
failed: list[str] = []


def read(urls: list[str]) -> None:
    for url in cycle(urls):
        if finished.is_set():
            return
        began = time.monotonic()
        try:
            with urllib.request.urlopen(url, timeout=120) as answer:
                answer.read()
        except OSError as error:
            failed.append(f"{url}: {error}")
        durations.append(time.monotonic() - began)
        finished.wait(PAUSE_SECONDS)


def main(count: int, urls: list[str]) -> None:
    threads = [
        threading.Thread(target=read, args=[urls[number:] + urls[:number]])
        for number in range(count)
    ]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    finished.set()
    for thread in threads:
        thread.join()
    print(json.dumps({"requests": len(durations), "longest": max(durations), "failed": failed}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
