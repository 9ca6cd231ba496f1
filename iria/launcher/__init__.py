"""The launcher: from a fresh clone to a running site, with the standard library only.

It does not import Django, the apps or the rest of `iria`, because most of it runs before
any package is installed. `make` starts it through `find-python.sh` and `python -m iria.launcher`;
`manage.py` uses `iria.launcher.command.command_environment`.
"""
