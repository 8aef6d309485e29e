"""The web pages of schools, of a vendor's behaviour, and of fetching results, in Debian's chromium."""

import datetime as dt
import re

import msgspec
import pytest

from helpers.browsing import press, said
from helpers.plain_client import ask, post, roster
from mock_ea.jij.supplier import Keys, MemorySupplier, serving
from uwlr import edexml
from uwlr.berichten import GeenGegevens, LeerlinggegevensAntwoord
from uwlr.codec.write import write
from uwlr.testing import make_results, make_school

AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
SCHOOL = "/scholen/esis/99QQ-00"
KEYS = Keys(jij="jij-sleutel", toa="toa-sleutel")


@pytest.fixture
def connection(las):
    """ESIS, on a day in November."""
    las.set_clock(now=AT)
    return las.connection("esis")


@pytest.fixture
def upload(open_page):
    """Load a file on the page of ESIS's schools; the page that comes."""

    def upload(data, path="/scholen/esis", *, script=False):
        page = open_page(path, script=script)
        page.locator("#bestand").set_input_files({"name": "rooster.xml", "mimeType": "text/xml", "buffer": data})
        press(page, "Laden")
        return page

    return upload


@pytest.fixture
def token(send):
    """The token that the forms carry."""
    return re.search(r'name="token" value="([^"]+)"', send("GET", "/klok")[1])[1]


def name_of(leerling):
    """A pupil as a page names it."""
    return " ".join(filter(None, (leerling.roepnaam, leerling.voorvoegsel, leerling.achternaam)))


def test_pupils_move_leave_come_and_are_renamed(connection, open_page):
    """What happens to pupils on the page is in the roster that is answered next, and on the page itself."""
    before = {leerling.key: leerling for leerling in roster(connection).leerlingen}
    first = roster(connection).leerlingen[0].groep
    here = [leerling for leerling in before.values() if leerling.groep == first]
    page = open_page(f"{SCHOOL}?groep={first}")

    def happens(leerling, button):
        page.get_by_label(name_of(leerling), exact=True).check()
        press(page, button)

    happens(here[0], "Gaat van school")
    assert said(page) == "De leerling is van school."
    assert name_of(here[0]) not in page.locator("fieldset").first.inner_text()
    target = page.get_by_label("Andere groep").input_value()
    happens(here[1], "Gaat naar die groep")
    happens(here[2], "Krijgt een andere achternaam")
    page.get_by_label("Komt in groep").select_option(target)
    press(page, "Komt op school")
    assert page.get_by_label("Groep", exact=True).input_value() == target
    after = {leerling.key: leerling for leerling in roster(connection).leerlingen}
    assert before.keys() - after.keys() == {here[0].key}
    assert [after[key].groep for key in after.keys() - before.keys()] == [target]
    assert after[here[1].key].groep == target
    assert after[here[2].key].achternaam != here[2].achternaam
    assert name_of(after[here[1].key]) in page.locator("fieldset").first.inner_text()


def test_last_year_is_there_to_be_read(connection, open_page):
    """The page of the year before shows that year, and changes nothing."""
    last_year = make_school(7, 40, schooljaar="2025-2026", brincode="99QQ")
    page = open_page(SCHOOL)
    page.get_by_role("link", name="Schooljaar 2025-2026").click()
    text = page.locator("main").inner_text()
    assert f"Schooljaar 2025-2026: {len(last_year.leerlingen)} leerlingen" in text
    assert "alleen in dat schooljaar verandert er iets" in text
    first = last_year.groepen[0].key
    assert all(name_of(leerling) in text for leerling in last_year.leerlingen if leerling.groep == first)
    assert page.locator("[type=radio]").count() == 0


def test_everything_else_can_happen_to_a_pupil(las, connection, open_page):
    """Whatever can happen to a pupil is chosen from one list; what cannot happen now is refused in Dutch."""
    leerling = next(leerling for leerling in roster(connection).leerlingen if leerling.eckid)
    page = open_page(f"{SCHOOL}?groep={leerling.groep}")
    for choice, said_then in (
        ("Ander ECK-iD", "Gebeurd: Ander ECK-iD."),
        ("Andere sleutel", "Gebeurd: Andere sleutel."),
    ):
        page.get_by_label(name_of(leerling), exact=True).check()
        page.get_by_label("Of iets anders").select_option(choice)
        press(page, "Laat dat gebeuren")
        assert said(page) == said_then
    after = next(other for other in roster(connection).leerlingen if name_of(other) == name_of(leerling))
    assert leerling.key != after.key
    assert leerling.eckid != after.eckid
    page.get_by_label(name_of(leerling), exact=True).check()
    page.get_by_label("Of iets anders").select_option("Dubbele inschrijving samengevoegd")
    press(page, "Laat dat gebeuren")
    assert "Dit kan nu niet gebeuren:" in said(page)
    assert "ECK-iD: " + name_of(leerling) in open_page(SCHOOL).locator(".log").inner_text()


def test_staff_and_groups_change(las, connection, open_page):
    """Staff come, change and go, and a group gets another name; the page and the roster both show it."""
    before = roster(connection)
    groep = before.groepen[1]
    page = open_page(SCHOOL)
    page.get_by_label("Nieuwe leerkracht voor groep").select_option(groep.key)
    press(page, "Komt op school werken")
    assert said(page) == "Gebeurd: Nieuwe leerkracht."
    known = {leerkracht.key for leerkracht in before.leerkrachten}
    (hired,) = (leerkracht for leerkracht in roster(connection).leerkrachten if leerkracht.key not in known)
    staff = page.locator("section[aria-labelledby=leerkrachten]")
    assert name_of(hired) in staff.inner_text()
    for button in ("Leerkracht krijgt een groep meer of minder", "Leerkracht krijgt een andere achternaam"):
        page.locator(f"[name=wie][value='{hired.key}']").check()
        press(page, button)
    (changed,) = (leerkracht for leerkracht in roster(connection).leerkrachten if leerkracht.key == hired.key)
    assert changed.achternaam != hired.achternaam
    assert changed.groepen != hired.groepen
    page.locator(f"[name=wie][value='{hired.key}']").check()
    press(page, "Leerkracht gaat weg")
    page.get_by_label("Groep die anders gaat heten").select_option(groep.key)
    press(page, "Groep krijgt een andere naam")
    after = roster(connection)
    assert hired.key not in {leerkracht.key for leerkracht in after.leerkrachten}
    (renamed,) = (one for one in after.groepen if one.key == groep.key)
    assert renamed.naam != groep.naam
    assert renamed.naam in page.locator("main").inner_text()


def test_the_whole_school_changes(las, connection, open_page):
    """Another LAS gives everybody another key, and the page says how many that were."""
    before = {leerling.key for leerling in roster(connection).leerlingen}
    page = open_page(SCHOOL)
    page.get_by_label("Wat er met de hele school gebeurt").select_option("Iedereen een andere sleutel")
    press(page, "Verander de hele school")
    assert said(page) == "Gebeurd: Iedereen een andere sleutel."
    assert not before & {leerling.key for leerling in roster(connection).leerlingen}
    assert re.search(r"Iedereen een andere sleutel: \d\d personen", page.locator(".log").inner_text())


def test_time_passes_on_the_page(las, connection, open_page):
    """On the page a new school year begins, and things happen by themselves as the clock moves, until told not to."""
    page = open_page(SCHOOL)
    press(page, "Begin het nieuwe schooljaar")
    assert said(page) == "Het nieuwe schooljaar is begonnen."
    assert "Schooljaar 2027-2028" in page.locator(".lead").inner_text()
    page.get_by_label("Wat op een school gebeurt").check()
    press(page, "Instellen")
    assert said(page) == "Ingesteld. Zet nu de klok vooruit."
    page.goto(f"{las.url}/klok")
    press(page, "365 dagen")
    page = open_page(SCHOOL)
    assert page.get_by_label("Wat op een school gebeurt").is_checked()
    assert page.locator(".log li").count() > 5
    page.get_by_label("Alleen op 1 augustus").check()
    press(page, "Instellen")
    assert not page.get_by_label("Wat op een school gebeurt").is_checked()
    page.goto(f"{las.url}/klok")
    press(page, "Nieuw schooljaar (1 augustus)")
    assert "Schooljaar 2028-2029" in page.locator(".lead").inner_text()
    assert "Nieuw schooljaar" in open_page(SCHOOL).locator(".log").inner_text()


def test_nobody_chosen_is_nobody_changed(connection, send, token):
    """Without a pupil, which a browser does not let happen, nobody leaves."""
    status, text, _ = send("POST", SCHOOL, {"token": token, "wat": "left"})
    assert status == 422
    assert "Kies eerst een leerling." in text
    assert len(roster(connection).leerlingen) == 40


@pytest.mark.parametrize("form", ["answer", "edexml"])
def test_roster_comes_from_a_file(connection, las, upload, form):
    """A roster that is loaded on the page is answered as it is in the file."""
    school = make_school(5, leerlingen=9, brincode="99LL", schooljaar=connection.schooljaar)
    answer = LeerlinggegevensAntwoord(inhoud=school)
    page = upload(edexml.write(school) if form == "edexml" else write(answer), script=form == "edexml")
    assert said(page) == "Het rooster is geladen."
    assert page.locator("h1").inner_text().endswith("(99LL 00)")
    key = las.activate("99LL00VoorDezeTest2026", vendor="esis", brincode="99LL").autorisatiesleutel
    got = post(connection, ask(connection, brincode="99LL"), autorisatiesleutel=key).bericht.inhoud
    assert {leerling.key for leerling in got.leerlingen} == {leerling.key for leerling in school.leerlingen}


def test_file_with_faults_is_refused_with_findings(las, connection, upload):
    """A roster with faults is not loaded; the page says in Dutch what is wrong where, and nothing about a person."""
    school = make_school(5, leerlingen=60, brincode="99LL", schooljaar=connection.schooljaar)
    page = upload(write(school).replace(b"<geboortedatum>2", b"<geboortedatum>nee-2"), SCHOOL)
    assert "niet geladen" in said(page)
    findings = page.locator(".findings > li").all_inner_texts()
    assert len(findings) == 50
    assert "geen geldige waarde voor geboortedatum" in findings[0]
    assert "leerlingen/leerling[1]/geboortedatum" in findings[0]
    assert "Nog 10 bevindingen." in page.locator("main").inner_text()
    assert not any(pupil.achternaam in page.content() or pupil.key in page.content() for pupil in school.leerlingen)
    assert [school.brincode for school in las.state().vendors["esis"].schools] == ["99QQ"]


def by_schoolkey():
    """A roster of a school that goes by a schoolkey."""
    roster = make_school(1, leerlingen=2)
    school = msgspec.structs.replace(roster.school, brincode=None, dependancecode=None, schoolkey="x")
    return write(msgspec.structs.replace(roster, school=school))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "kies een bestand"),
        (b"%PDF-1.7", "geen geldige XML"),
        (write(make_results(make_school(1, leerlingen=2))), "is geen rooster"),
        (by_schoolkey(), "er staat geen BRIN in"),
    ],
    ids=["empty", "no XML", "no roster", "no BRIN"],
)
def test_file_that_is_no_roster(upload, data, text):
    """A file that is no roster is refused with what it is not."""
    assert text in upload(data).locator("main").inner_text()


def test_school_is_made_up_and_emptied(las, connection, open_page):
    """A new school of so many pupils is there, can be coupled, and can lose everybody."""
    page = open_page("/scholen/esis")
    page.get_by_label("BRIN").fill("98ab")
    page.get_by_label("Leerlingen").fill("12")
    press(page, "Toevoegen")
    assert "De school is er." in said(page)
    assert "12 leerlingen" in page.locator(".lead").inner_text()
    press(page, "Alle leerlingen weghalen")
    press(page, "Ja, weghalen")
    assert "geengegevens" in said(page)
    key = las.activate("98AB00VoorDezeTest2026", vendor="esis", brincode="98AB").autorisatiesleutel
    answer = post(connection, ask(connection, brincode="98AB"), autorisatiesleutel=key)
    assert isinstance(answer.bericht.inhoud, GeenGegevens)
    assert "98AB 00" in open_page("/koppelingen/esis?school=98AB-00").locator("main").inner_text()


@pytest.mark.parametrize(
    ("headers", "right", "status"),
    [({}, False, 403), ({"Origin": "http://example.com"}, True, 403), ({"Sec_Fetch_Site": "same-site"}, True, 403)],
    ids=["no token", "origin", "same-site"],
)
def test_other_sites_load_and_change_nothing(las, send, token, headers, right, status):
    """Neither a change to a school nor a roster, ways or an order to fetch is taken from another site."""
    before = las.state(), las.traits("magister")
    form = {"token": token if right else "guessed", "wat": "empty", "variant": "iddink-hub", "brincode": "98AB"}
    for path in (SCHOOL, "/scholen/esis", "/scholen/esis/laden", "/gedrag/magister", "/ophalen/magister"):
        assert send("POST", path, form, **headers)[0] == status
    after = las.state(), las.traits("magister")
    assert [state.vendors for state, _ in (before,)] == [state.vendors for state, _ in (after,)]
    assert before[1] == after[1]


def test_only_a_roster_may_be_large(send, token, upload):
    """Where a roster is loaded more than a megabyte is taken; elsewhere it is refused."""
    assert "geen geldige XML" in upload(b"x" * (1 << 20)).locator("main").inner_text()
    status, text, _ = send("POST", "/scholen/esis", {"token": token, "schoolnaam": "x" * (2 << 20)})
    assert (status, "te groot" in text) == (413, True)


def test_vendor_shows_another_face(las, open_page):
    """A variant and single traits are chosen on a page; what no vendor can be is refused as it was typed."""
    page = open_page("/gedrag/magister")
    page.get_by_label("iddink-hub").check()
    page.get_by_label("Losse kenmerken").fill('leerkracht_key_prefix = "mw-"\nvisible_after = 60')
    press(page, "Instellen")
    assert said(page) == "Het gedrag is ingesteld."
    assert page.get_by_label("iddink-hub").is_checked()
    assert page.get_by_label("Losse kenmerken").input_value().splitlines()[1] == "visible_after = 60"
    assert las.traits("magister").variant == "iddink-hub"
    connection = las.connection("magister")
    assert post(connection, ask(connection)).status == 401
    for wrong in ("visible = 60", "visible_after = straks", 'sector = "PO"'):
        page.get_by_label("Losse kenmerken").fill(wrong)
        press(page, "Instellen")
        assert "kan niet worden ingesteld" in said(page)
        assert page.get_by_label("Losse kenmerken").input_value() == wrong
    assert las.traits("magister").traits == {"leerkracht_key_prefix": "mw-", "visible_after": 60}
    page.get_by_label("gewoon").check()
    page.get_by_label("Losse kenmerken").fill("")
    press(page, "Instellen")
    assert las.traits("magister").variant is None
    assert post(las.connection("magister"), ask(las.connection("magister"))).status == 200


def test_results_are_fetched(las, open_page):
    """Magister fetches results on a page for whom has the right, and a refusal is told without the key."""
    las.set_clock(now=AT)
    supplier = MemorySupplier(b"secret", now=lambda: AT)
    supplier.register("99MM-JIJ", KEYS)
    school = make_school(7, leerlingen=40, sector="VO", schooljaar="2026-2027", brincode="99MM")
    supplier.add("99MM-JIJ", make_results(school), AT - dt.timedelta(days=1))
    rights = {"Applicatiebeheerder": ["Toetsresultaten JIJ! importeren"]}
    with serving(supplier) as url:
        for where, key, told in (
            (url, KEYS.toa, "weigert de SOAP-key: het is die van TOA"),
            (f"{las.url}/klok", KEYS.jij, "geen bruikbaar antwoord"),
            (url, KEYS.jij, "nieuw"),
        ):
            jij = {"url": where, "instellingscode": "99MM-JIJ", "soapkey": key}
            las.set_pull_settings(vendor="magister", jij=jij, rechten=rights)
            page = open_page("/ophalen/magister")
            press(page, "Toetsresultaten ophalen")
            assert told in page.locator("main > .notice").first.inner_text()
            assert key not in page.content()
    assert las.received("magister")
    page.get_by_label("Ingelogd als").select_option("Docent")
    press(page, "Wissel")
    page.goto(f"{las.url}/ophalen/magister")
    assert "Docent heeft het recht" in page.locator("main").inner_text()
