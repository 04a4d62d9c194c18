"""Runs the command line as ``python -m tco_model``."""

from tco_model.cli import main

main()
