#!/usr/bin/env python
"""Django's command line; the same as `iria` where the wheel is installed."""

from iria.command_line import main

if __name__ == "__main__":
    main()
