"""The replacement for systemctl: sends its arguments to the service manager, which returns output and exit status.

`systemctl stand-in-ignored` prints directives that the manager does not apply.
"""

import json
import socket
import sys

from tests.proofs.machine.service_manager import CONTROL


def request(arguments: list[str]) -> int:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(CONTROL)
        with client.makefile("rw") as lines:
            lines.write(json.dumps(arguments) + "\n")
            lines.flush()
            output, status = json.loads(lines.readline())
    if output:
        print(output, file=sys.stderr if status else sys.stdout)
    return int(status)


if __name__ == "__main__":
    sys.exit(request(sys.argv[1:]))
