"""The side of the supplier in the pull of results: what JIJ! does, over the contract of `mock_las.jij`.

A supplier implements `ResultSource` and serves it by `make_wsgi`.
"""

from mock_ea.jij.service import ResultSource, answer, make_wsgi

__all__ = ["ResultSource", "answer", "make_wsgi"]
