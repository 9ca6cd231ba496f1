#!/bin/sh
# Finds a Python that can run IRIA, by running candidates, and hands over to it:
#     sh iria/launcher/find-python.sh COMMAND …
# A name on the PATH proves nothing: it may be a shim of pyenv or of Apple's that only exists, too
# old, or (on Debian, without python3-venv) unable to make an environment.

cd -- "$(dirname -- "$0")/../.." || exit 1

probe='
import sys
if sys.version_info < (3, 12):
    print("is Python %d.%d" % sys.version_info[:2])
    sys.exit(1)
try:
    import ensurepip, venv
except ImportError:
    print("lacks venv or ensurepip")
    sys.exit(1)
'
found=

try() {
    python=$1
    shift
    case $found in *", $python "*) return ;; esac
    [ -x "$python" ] || return
    if said=$("$python" -c "$probe" </dev/null 2>/dev/null); then
        exec "$python" -m iria.launcher "$@"
    fi
    found="$found, $python ${said:-does not run}"
}

try .venv/bin/python "$@"
found=

usual=/usr/bin:/usr/local/bin:/opt/homebrew/bin:/opt/local/bin
places=$PATH:$usual
set -f
IFS=:
for name in python3.14 python3.13 python3.12 python3 python; do
    for folder in $places; do
        case $folder in /*) try "$folder/$name" "$@" ;; esac
    done
done

if [ -n "$found" ]; then found="only this was found: ${found#, }"; else found="none was found"; fi
printf '%s\n' "IRIA needs Python 3.12 or newer with venv and ensurepip, and $found; get one with your system's packages (Debian and Ubuntu: apt install python3 python3-venv; macOS: brew install python) or from https://www.python.org/downloads/." >&2
exit 1
