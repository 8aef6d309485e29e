"""The answers of the verbs: what `MockLas` and `RemoteLas` give, and what the control API sends as JSON."""

from mock_las.las_answers.coupling_answers import CouplingShown, Mail, Step
from mock_las.las_answers.dashboard_answers import (
    CellShown,
    ColourShown,
    ColumnShown,
    DashboardShown,
    GroupShown,
    NormShown,
    PupilShown,
)
from mock_las.las_answers.exchange_answers import (
    ExchangeExported,
    ExchangeShown,
    ExchangeSummary,
    FindingShown,
    MagicSchool,
)
from mock_las.las_answers.pull_answers import PullProgress, PullReport, PullSettingsShown
from mock_las.las_answers.pupil_answers import (
    EnteredShown,
    ListedGroup,
    ListedPupil,
    PupilFile,
    PupilsShown,
    ResultAtPupil,
)
from mock_las.las_answers.received_answers import Delivery, Received, StateShown, VendorState
from mock_las.las_answers.school_answers import (
    HappenedShown,
    PersonShown,
    SchoolChanged,
    SchoolLiving,
    SchoolLoaded,
    SchoolShown,
)
from mock_las.las_answers.vendor_answers import (
    Access,
    ClientArguments,
    ClockShown,
    Connection,
    TraitsShown,
    VariantShown,
)

__all__ = [
    "Access",
    "CellShown",
    "ClientArguments",
    "ClockShown",
    "ColourShown",
    "ColumnShown",
    "Connection",
    "CouplingShown",
    "DashboardShown",
    "Delivery",
    "EnteredShown",
    "ExchangeExported",
    "ExchangeShown",
    "ExchangeSummary",
    "FindingShown",
    "GroupShown",
    "HappenedShown",
    "ListedGroup",
    "ListedPupil",
    "MagicSchool",
    "Mail",
    "NormShown",
    "PersonShown",
    "PullProgress",
    "PullReport",
    "PullSettingsShown",
    "PupilFile",
    "PupilShown",
    "PupilsShown",
    "Received",
    "ResultAtPupil",
    "SchoolChanged",
    "SchoolLiving",
    "SchoolLoaded",
    "SchoolShown",
    "StateShown",
    "Step",
    "TraitsShown",
    "VariantShown",
    "VendorState",
]
