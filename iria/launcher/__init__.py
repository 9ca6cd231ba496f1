"""The launcher: from a fresh clone to a running site, with the standard library only.

Most of it runs before any package is installed, so it imports nothing else of the project.
`make` starts `find-python.sh`, and this `python -m iria.launcher`; `manage.py` uses `command`.
"""
