"""The benchmarks: our pages beside a bare Django view under the same gunicorn.

`make bench` runs `python -m tests.bench` over a database of its own. A ratio tells more than
milliseconds: it is nearly the same on every machine.
"""
