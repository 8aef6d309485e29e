"""The applications that schools couple with the fakes: the code and the name under which each LAS knows them.

Source: the names are those of the public manuals; the codes are our own.
"""

from __future__ import annotations

from typing import Final

from mock_las.couplings import Klant

BOOM_TESTCENTRUM: Final = Klant("BOOM", "Boom testcentrum")
IEP_LVS: Final = Klant("IEP", "IEP LVS")
