"""Readers under whom the site must not falter: `readers.py COUNT URL…`, until its input is closed.

Each asks for one page after the other, over a new connection each time; then it prints one line of JSON. It uses
nothing but Python's standard library, because it runs on the test machine's own Python.
"""

import json
import sys
import threading
import time
import urllib.request
from itertools import cycle

PAUSE_SECONDS = 0.1
finished = threading.Event()
taken: list[float] = []
failed: list[str] = []


def read(urls: list[str]) -> None:
    for url in cycle(urls):
        if finished.is_set():
            return
        began = time.monotonic()
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                answer.read()
        except OSError as error:
            failed.append(f"{url}: {error}")
        taken.append(time.monotonic() - began)
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
    print(json.dumps({"requests": len(taken), "longest": max(taken), "failed": failed}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
