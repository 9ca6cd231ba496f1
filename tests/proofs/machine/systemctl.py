"""The stand-in for systemctl: asks the service manager, which answers with what to print and the exit status.

`systemctl stand-in-ignored` prints the directives that the manager met and does not apply.
"""

import json
import socket
import sys

from tests.proofs.machine.service_manager import CONTROL


def ask(arguments: list[str]) -> int:
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(CONTROL)
        with asking.makefile("rw") as lines:
            lines.write(json.dumps(arguments) + "\n")
            lines.flush()
            said, status = json.loads(lines.readline())
    if said:
        print(said, file=sys.stderr if status else sys.stdout)
    return int(status)


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1:]))
