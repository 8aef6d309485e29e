"""How fast, and in how much memory: this library beside the floors of C parsers and beside its peers.

`python -m benchmarks` makes synthetic documents (`data`), runs every variant (`floors`, `ours`, `python_peers`,
`classes`, and by `programs` those in `peers/`, in other languages) in fresh processes, taking turns (`measure`), holds
the figures against the bars (`plan`, `report`), and writes the page and the plots (`page`).

A variant in Python is a function that gets the path of a document and gives a `Job`: all that is not to be measured is
done by then. It is named by its module and its own name, `floors.tree`. To add one, write the function, name it in
`plan`, and say in `page` what people call it.
"""
