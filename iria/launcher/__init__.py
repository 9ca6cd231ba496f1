"""The launcher: from a bare clone to a running site, with the standard library alone.

Nothing here imports Django, the apps or the rest of `iria`, because most of it runs before a
single package is installed. `make` starts it through `find-python.sh` and `python -m iria.launcher`;
`manage.py` uses `iria.launcher.command.command_environment`.
"""
