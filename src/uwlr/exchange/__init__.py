"""The application's side of the exchange: koppelingen, imports with review, results delivered once, every night."""

from uwlr.extras import extra

with extra("exchange"):
    import alembic as _alembic  # noqa: F401 - so that what is missing is told here
    import filelock as _filelock  # noqa: F401
    import sqlalchemy as _sqlalchemy  # noqa: F401

from uwlr.exchange.bron import Bron
from uwlr.exchange.delivery import Bezorging, Deliverer
from uwlr.exchange.import_history import ImportHistory
from uwlr.exchange.importing import Importer, NoRoster
from uwlr.exchange.key_rules import UnusableKey
from uwlr.exchange.koppeling import Koppelingen, NotEnabled
from uwlr.exchange.leden import Gegevens, Leden, Lid, SqlLeden
from uwlr.exchange.ledger import Ledger, Withdrawn
from uwlr.exchange.new_results import NewResult, Recorded, result_key
from uwlr.exchange.nightly import Nightly
from uwlr.exchange.notify import LogNotifier, Notification, Notifier, SmtpNotifier
from uwlr.exchange.plan import NotReady, Plan, Refused, Stale
from uwlr.exchange.plan_rows import Rij
from uwlr.exchange.policy import Policies, VendorPolicy
from uwlr.exchange.pupil_rights import Inspection, Pupils, Receipt
from uwlr.exchange.result_checks import NotRecorded
from uwlr.exchange.scores import ScorePolicy
from uwlr.exchange.splitting import EverythingRefused
from uwlr.exchange.store import Store
from uwlr.exchange.summary import Summary
from uwlr.exchange.tables import Koppeling

__all__ = [
    "Bezorging",
    "Bron",
    "Deliverer",
    "EverythingRefused",
    "Gegevens",
    "ImportHistory",
    "Importer",
    "Inspection",
    "Koppeling",
    "Koppelingen",
    "Leden",
    "Ledger",
    "Lid",
    "LogNotifier",
    "NewResult",
    "Nightly",
    "NoRoster",
    "NotEnabled",
    "NotReady",
    "NotRecorded",
    "Notification",
    "Notifier",
    "Plan",
    "Policies",
    "Pupils",
    "Receipt",
    "Recorded",
    "Refused",
    "Rij",
    "ScorePolicy",
    "SmtpNotifier",
    "SqlLeden",
    "Stale",
    "Store",
    "Summary",
    "UnusableKey",
    "VendorPolicy",
    "Withdrawn",
    "result_key",
]
