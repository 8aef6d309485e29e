"""`python -m mock_las` is the command `mock-las`."""

from mock_las.cli import main

main(prog_name="mock-las")
