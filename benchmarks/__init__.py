"""How fast, and in how much memory: this library beside the floors of C parsers and beside its peers.

`python -m benchmarks` makes synthetic documents (`data`), runs every variant (`floors`, `ours`, `peers`, `classes`) in
fresh processes, taking turns (`measure`), and holds the figures against the bars (`plan`, `report`).

A variant is a function that gets the path of a document and gives a `Job`: all that is not to be measured is done by
then. It is named by its module and its own name, `floors.tree`. To add one, write the function and name it in `plan`.
"""
