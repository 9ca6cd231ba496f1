"""The benchmarks: our pages beside a bare Django view under the same gunicorn.

`make bench` runs `python -m tests.bench` with its own database. Ratios say more than
milliseconds, since they are nearly the same on every machine.
"""
