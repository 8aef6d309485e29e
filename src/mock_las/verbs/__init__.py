"""What can be asked of the fakes and done to them, in plain data; the control API and `MockLas` both offer it."""

from __future__ import annotations

from mock_las.verbs.coupling_verbs import Action, CouplingVerbs
from mock_las.verbs.exchange_verbs import ExchangeVerbs
from mock_las.verbs.lookup import Json, Unknown
from mock_las.verbs.pupil_verbs import PupilVerbs
from mock_las.verbs.school_verbs import SchoolVerbs
from mock_las.verbs.vendor_verbs import VendorVerbs

__all__ = ["Action", "Json", "Unknown", "Verbs"]


class Verbs(VendorVerbs, CouplingVerbs, SchoolVerbs, PupilVerbs, ExchangeVerbs):
    """All verbs, on the fakes of one server."""
