"""`python -m golden_cases PATH...`."""

import sys

from golden_cases.frame import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
