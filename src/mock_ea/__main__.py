"""Run the command: `python -m mock_ea`."""

from mock_ea.ea_commands import main

main(prog_name="mock-ea")
