"""`python -m viaggio.cli`."""

from viaggio.cli import main

main()
