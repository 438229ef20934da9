"""Runs a command and says whether its peak of memory stayed below a limit: peak.py MEBIBYTES COMMAND…"""

import os
import sys

limit = float(sys.argv[1])
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
peak = usage.ru_maxrss / 1024
code = os.waitstatus_to_exitcode(status)
print("within" if peak <= limit else f"{peak:.0f} MiB, more than {limit:.0f}")
sys.exit(code)
