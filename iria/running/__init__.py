"""The launcher: from a bare clone to a running newsroom, with the standard library alone.

Nothing here imports Django, the apps or the rest of `iria`, because most of it runs before a
single package is installed. `make run` goes through `find-python.sh` and `python -m iria.running`;
`manage.py` enters by one door, `iria.running.command.prepared`.
"""
