"""What can be asked of the fakes and done to them, in plain data: the control API and `MockLas` both speak these."""

from __future__ import annotations

from mock_las.verbs.base import Json, Unknown
from mock_las.verbs.couplings import Action, CouplingVerbs
from mock_las.verbs.exchanges import ExchangeVerbs
from mock_las.verbs.schools import SchoolVerbs
from mock_las.verbs.vendors import VendorVerbs

__all__ = ["Action", "Json", "Unknown", "Verbs"]


class Verbs(VendorVerbs, CouplingVerbs, SchoolVerbs, ExchangeVerbs):
    """The verbs, on one running server."""
