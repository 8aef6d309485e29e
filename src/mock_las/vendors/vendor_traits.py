"""A vendor as data: how a system differs from the plain standard, and how that is known.

`Traits` lists everything in which the fakes can differ; its defaults are the standard without any deviation. A
vendor's TOML file names the traits in which the system deviates, each with its source, so that the list of deviations
also says how far the fake can be trusted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias, TypedDict

import msgspec

from uwlr.berichten.profielen import ProfielNaam
from uwlr.errors import ConfigurationError
from uwlr.soap.operations import Service
from uwlr.soap.settings import Leniency
from uwlr.text import Text

Source: TypeAlias = Literal["norm", "observed", "assumed"]
"""The evidence for a deviation: the standard itself, a public source about the real system, or only an assumption."""

KeyForm: TypeAlias = Literal["letters-digits-20", "verificatiecode", "hex-32", "base64-64"]
"""What a key of the system looks like: 20 letters and digits, BRIN and vestiging and then letters and digits, 32
upper-case hexadecimal digits, or 64 bytes in base64 (88 characters)."""

KeyOrigin: TypeAlias = Literal["las", "school", "mail"]
"""Who chooses the key: the system, the school, or the maker of the system, who mails it."""

Part: TypeAlias = Literal["vestigingen", "groepen", "samengestelde_groepen", "leerkrachten"]
"""A part of a roster that a vendor may leave out."""

Prefix: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[A-Za-z_][A-Za-z0-9_.-]*$")]
"""A namespace prefix."""

HeaderName: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9-]+$")]
"""The name of an HTTP header."""

Hour: TypeAlias = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of day, such as 19:00."""


class Traits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything in which the fakes can differ. The defaults are the standard.

    Attributes:
        services: the services that the system offers.
        sector: primary or secondary education, which the made-up school follows.
        paths: further paths at which a service answers, like those of the real system.
        xsdversies: values of xsdversie that are answered; clients are told to send the last one.
        profile: a profile that answers follow, in the last of the versions.
        gegevenssetids: values of gegevenssetid of which a request must have one; if empty, the element is ignored.
        forgives: deviations of a request that are accepted.
        soap_action_required: whether a request without a SOAPAction is refused.
        client_certificate: whether a request over TLS needs a client certificate, when the server has a CA for them.
        http_headers: HTTP headers that every request must have; without them the answer is HTTP status 401 and no
            SOAP. Their values are made from the seed.
        soap_prefix: prefix of the envelope in answers and faults.
        body_prefix: prefix of the elements in the body of an answer; None is the default namespace.
        element_order: order of the children of an element, by the element's name, if it is not the schema's;
            children that are not named come last.
        empty_voorvoegsel: whether a person without voorvoegsel has an empty one.
        klantcode: the klantcode that all suppliers share; None gives each supplier its own.
        klantnaam: the klantnaam that goes with it.
        key_form: what a key looks like.
        key_origin: who chooses it.
        key_scope: whether a key is valid for one school or for every school that its supplier serves.
        key_pattern: regular expression that a key must match at activation; None allows 1 to 64 characters.
        key_starts_with_school: whether a key must begin with BRIN and vestiging.
        start_status: status of a new coupling before the school has done anything.
        consent_required: whether the school must say that its board agrees.
        removing_key: whether a coupling pauses or ends when its key is removed.
        current_year_only: whether a request for any other school year is answered by geengegevens.
        zero_is_no_dependance: whether dependancecode 00 and none are the same.
        leerling_eckid: whether pupils have an ECK-iD in the answers.
        leerkracht_eckid: whether members of staff have one.
        omits: parts that are left out of every roster, with all references to them.
        vo_jaargroep_from_1: whether the years of secondary education are coded 1 to 6 instead of 11 to 16.
        leerkracht_key_prefix: text in front of the key of every member of staff.
        unknown_leerling: what happens to a message with a result of an unknown pupil: it is refused, it is taken, or
            it is taken without the results of unknown pupils.
        knows_pupils_by_number: whether the system knows pupils only by a number that the school enters by hand.
        unknown_toetscode: what happens to a test that is not in the list of known tests, if there is such a list.
        known_toetscodes: tests that the system knows; if empty, it takes every test.
        aanmaakdatum_must_rise: whether results are refused that were made no later than the previous ones.
        visible_after: seconds until a result shows on the dashboard.
        shows_earlier_years: whether the dashboard shows results of earlier school years.
        shows_at_pupil: whether results show at the single pupil, beside the dashboard of the group.
        pulls_results: whether the system can fetch results from a supplier, as well as receive them.
        night_window: from and until, "HH:MM" in Dutch time, when rosters are answered; None is always, as are equal
            times.
    """

    services: tuple[Service, ...] = ("leerlinggegevens", "leerresultaten")
    sector: Literal["PO", "VO"] = "PO"
    paths: dict[str, Service] = {}
    xsdversies: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] = ("2.1", "2.2")
    profile: ProfielNaam | None = None
    gegevenssetids: tuple[str, ...] = ()
    forgives: tuple[Leniency, ...] = ()
    soap_action_required: bool = True
    client_certificate: bool = False
    http_headers: tuple[HeaderName, ...] = ()
    soap_prefix: Prefix = "soap"
    body_prefix: Prefix | None = None
    element_order: dict[str, tuple[str, ...]] = {}
    empty_voorvoegsel: bool = False
    klantcode: str | None = None
    klantnaam: str | None = None
    key_form: KeyForm = "letters-digits-20"
    key_origin: KeyOrigin = "las"
    key_scope: Literal["school", "supplier"] = "school"
    key_pattern: str | None = None
    key_starts_with_school: bool = False
    start_status: Literal["aangevraagd", "goedgekeurd"] = "goedgekeurd"
    consent_required: bool = False
    removing_key: Literal["pauses", "ends"] = "ends"
    current_year_only: bool = False
    zero_is_no_dependance: bool = True
    leerling_eckid: bool = True
    leerkracht_eckid: bool = True
    omits: tuple[Part, ...] = ()
    vo_jaargroep_from_1: bool = False
    leerkracht_key_prefix: str = ""
    unknown_leerling: Literal["refuse", "take", "hold"] = "refuse"
    knows_pupils_by_number: bool = False
    unknown_toetscode: Literal["take", "refuse"] = "take"
    known_toetscodes: tuple[str, ...] = ()
    aanmaakdatum_must_rise: bool = True
    visible_after: float = 0
    shows_earlier_years: bool = True
    shows_at_pupil: bool = True
    pulls_results: bool = False
    night_window: tuple[Hour, Hour] | None = None


class TraitKeywords(TypedDict, total=False):
    """Keywords of `Traits`."""

    services: tuple[Service, ...]
    sector: Literal["PO", "VO"]
    paths: dict[str, Service]
    xsdversies: tuple[str, ...]
    profile: ProfielNaam | None
    gegevenssetids: tuple[str, ...]
    forgives: tuple[Leniency, ...]
    soap_action_required: bool
    client_certificate: bool
    http_headers: tuple[HeaderName, ...]
    soap_prefix: Prefix
    body_prefix: Prefix | None
    element_order: dict[str, tuple[str, ...]]
    empty_voorvoegsel: bool
    klantcode: str | None
    klantnaam: str | None
    key_form: KeyForm
    key_origin: KeyOrigin
    key_scope: Literal["school", "supplier"]
    key_pattern: str | None
    key_starts_with_school: bool
    start_status: Literal["aangevraagd", "goedgekeurd"]
    consent_required: bool
    removing_key: Literal["pauses", "ends"]
    current_year_only: bool
    zero_is_no_dependance: bool
    leerling_eckid: bool
    leerkracht_eckid: bool
    omits: tuple[Part, ...]
    vo_jaargroep_from_1: bool
    leerkracht_key_prefix: str
    unknown_leerling: Literal["refuse", "take", "hold"]
    knows_pupils_by_number: bool
    unknown_toetscode: Literal["take", "refuse"]
    known_toetscodes: tuple[str, ...]
    aanmaakdatum_must_rise: bool
    visible_after: float
    shows_earlier_years: bool
    shows_at_pupil: bool
    pulls_results: bool
    night_window: tuple[Hour, Hour] | None


class Deviation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One trait of a system, with what is known about it.

    Attributes:
        trait: a field of `Traits`.
        value: its value here.
        source: the evidence for it.
        reference: the public source, by name.
        date: day on which the source was read.
        note: anything else worth knowing.
    """

    trait: str
    value: Any
    source: Source
    reference: str
    date: dt.date
    note: str = ""


class Variant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another behaviour of a system, which a tester can switch on.

    Attributes:
        name: the name by which it is switched on.
        about: what it is, in one sentence.
        deviation: how it differs from the system itself.
    """

    name: str
    about: Text
    deviation: tuple[Deviation, ...]


class Vendor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A school system that is faked.

    Attributes:
        name: first segment of its addresses.
        title: its name for people.
        about: what it is, in one sentence.
        brincode: BRIN of its made-up school; no real school has one that begins with 99, which is no province.
        deviation: how it differs from the standard.
        variant: other behaviours, which are off until a tester switches one on.
    """

    name: str
    title: str
    about: Text
    brincode: str
    deviation: tuple[Deviation, ...] = ()
    variant: tuple[Variant, ...] = ()

    def traits(self, variant: str | None = None, more: Mapping[str, Any] | None = None) -> Traits:
        """Apply the deviations to the standard, then those of a variant, and then more.

        Raises:
            ConfigurationError: no such variant, a deviation that names no trait, or a value that a trait cannot have.
        """
        deviations = list(self.deviation)
        if variant is not None:
            chosen = next((known for known in self.variant if known.name == variant), None)
            if chosen is None:
                names = ", ".join(known.name for known in self.variant) or "none"
                raise ConfigurationError(f"{self.name} has no variant {variant!r}; there are: {names}")
            deviations += chosen.deviation
        try:
            return msgspec.convert({**{d.trait: d.value for d in deviations}, **(more or {})}, Traits)
        except msgspec.ValidationError as error:
            raise ConfigurationError(f"{self.name}: the traits do not fit: {error}") from None
