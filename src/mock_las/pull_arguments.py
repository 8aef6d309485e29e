"""The arguments of the verbs that fetch results: how a school has set that up, and what is to be fetched."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, TypedDict

import msgspec

from mock_las.arguments import AtSchool, AtSchoolKeywords, Day
from uwlr.undisclosed import Undisclosed


class Webservice(Undisclosed, msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where results are fetched, as a school fills it in.

    Attributes:
        url: address of the web service, with or without `?wsdl`.
        instellingscode: the school's code at the supplier.
        soapkey: the school's key there.
    """

    url: str = ""
    instellingscode: str = ""
    soapkey: str = ""

    def __repr__(self) -> str:
        return f"<Webservice {self.instellingscode}>"


class PullSettings(Undisclosed, AtSchool, kw_only=True, forbid_unknown_fields=True):
    """How a school has set up the fetching of results; replaces what was set up before.

    Attributes:
        versie: version of the system; results of JIJ! need 5.7.35.
        jij: where those of JIJ! are fetched.
        toa: where those of TOA are fetched: the same address, and another key, which JIJ! refuses.
        rechten: the rights of each group of users.
        stamnummers_automatisch: whether new pupils get a stamnummer by themselves.
        laagste_stamnummer: the first that is given out.
        hoogste_stamnummer: the last.
    """

    versie: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,4}([.][0-9]{1,4}){2}$")] = "5.7.36"
    jij: Webservice = Webservice()
    toa: Webservice = Webservice()
    rechten: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    stamnummers_automatisch: bool = True
    laagste_stamnummer: Annotated[int, msgspec.Meta(ge=1, le=99_999_999)] = 1
    hoogste_stamnummer: Annotated[int, msgspec.Meta(ge=1, le=99_999_999)] = 99_999_999

    def __repr__(self) -> str:
        return f"<PullSettings {self.versie}>"


class PullOrder(Undisclosed, AtSchool, kw_only=True, forbid_unknown_fields=True):
    """Which results are to be fetched, and where.

    `repr` does not show the key.

    Attributes:
        url: address of the web service; like the code and the key by default what the school has set up.
        instellingscode: the school's code at the supplier.
        soapkey: the school's key for JIJ!; that of TOA is refused.
        vanaf: processing date to fetch from; by default an import goes on where the last one stopped, and the first one
            fetches everything.
        batchgrootte: results in a batch; by default the supplier decides.
        batches: stop after so many, as one press of the button does; by default when there are no more.
    """

    url: str | None = None
    instellingscode: str | None = None
    soapkey: str | None = None
    vanaf: dt.date | None = None
    batchgrootte: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    batches: Annotated[int, msgspec.Meta(ge=1)] | None = None

    def __repr__(self) -> str:
        return f"<PullOrder {self.instellingscode} vanaf={self.vanaf}>"


class WebserviceKeywords(TypedDict, total=False):
    """Keywords of `Webservice`."""

    url: str
    instellingscode: str
    soapkey: str


class PullSettingsKeywords(AtSchoolKeywords, total=False):
    """Keywords of `PullSettings`."""

    versie: str
    jij: Webservice | WebserviceKeywords
    toa: Webservice | WebserviceKeywords
    rechten: dict[str, tuple[str, ...]]
    stamnummers_automatisch: bool
    laagste_stamnummer: int
    hoogste_stamnummer: int


class PullKeywords(AtSchoolKeywords, total=False):
    """Keywords of `PullOrder`, without the address."""

    instellingscode: str | None
    soapkey: str | None
    vanaf: Day | None
    batchgrootte: int | None
    batches: int | None
