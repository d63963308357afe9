"""`python -m sim.cli` is `bso`."""

from sim.cli import main

main()
