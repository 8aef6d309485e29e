"""The web pages, in Debian's chromium."""

import datetime as dt
import re
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer

import msgspec
import pytest

from helpers.browsing import press, said
from helpers.plain_client import ask, post, roster, scores
from mock_las.las_answers import Access
from mock_las.pages.colour import contrast
from mock_las.pages.dashboard_page import link
from mock_las.pages.message_lines import shown
from uwlr.testing import make_results, make_school

AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def delivered(las):
    """A group of ESIS whose results were delivered, and their time come; the group's key and the delivery."""
    las.set_clock(now=AT)
    connection = las.connection("esis")
    school = roster(connection)
    group = school.leerlingen[0].groep
    delivery = make_results(school, groep_key=group, aanmaakdatum=AT)
    assert post(connection, delivery).status == 200
    las.set_clock(advance=300)
    return group, delivery


def coupling_of(las, vendor):
    """The page of a vendor's first coupling."""
    return f"/koppelingen/{vendor}/{las.couplings(vendor)[0].id}"


def every_path(las):
    """Every page there is, with something on it."""
    return [
        "/",
        "/koppelingen/esis",
        *(coupling_of(las, vendor) for vendor in ("esis", "parnassys", "magister", "focuspo")),
        "/scholen/esis",
        "/scholen/esis/99QQ-00",
        "/scholen/focuspo/" + las.connection("focuspo").brincode + "-00",
        "/leerlingen/focuspo",
        "/leerlingen/schoolkr8/99QQ-00?leerling=" + las.pupils(vendor="schoolkr8")[0].key,
        "/leerlingen/schoolkr8/99QQ-00/nummer?leerling=" + las.pupils(vendor="schoolkr8")[0].key,
        "/leerlingen/esis/99QQ-00?tab=Toetsresultaten&leerling=" + las.pupils(vendor="esis")[0].key,
        "/toetsresultaten/esis",
        "/gedrag/magister",
        "/ophalen/magister",
        "/postvak/focuspo",
        "/groepen/esis",
        "/groepen/focuspo",
        "/journaal",
        "/journaal/1",
        "/journaal/2",
        "/storingen",
        "/klok",
        "/journaal/99",
    ]


@pytest.fixture
def paths(las, delivered):
    """Every page, of fakes that have something to show."""
    las.plan_fault("delay", on_call=9)
    las.plan_fault("http", chance=0.5, seed=1)
    las.end_coupling(vendor="focuspo")
    las.request_coupling(vendor="focuspo")
    return every_path(las)


@pytest.mark.manual("A-19", "D-06", "D-07", "D-08", "D-09", "D-10", "D-11", "D-12", "D-13", "D-16", "D-17", "D-18")
@pytest.mark.manual("D-20", "D-22")
def test_esis_menu_leads_to_the_form_of_a_coupling(las, open_page):
    """By the menu of ESIS to its list of couplings, their conditions, and the form that activates one."""
    las.set_clock(now=AT)
    page = open_page("/koppelingen/esis")
    menu = page.get_by_label("Menu van ESIS").get_by_role("link")
    assert menu.all_inner_texts()[0] == "Startpagina"
    assert menu.all_inner_texts()[-2:] == ["Overzichten en Exporten", "Import-Export-Koppelingen"]
    menu.get_by_text("Onderwijs").click()
    assert "Toetsresultaten invoeren" in page.locator("main").inner_text()
    menu.get_by_text("Dossier beheer").click()
    assert page.locator("main li").all_inner_texts()[:2] == ["Groepen indelen", "Jaarovergang"]
    menu.get_by_text("Import-Export-Koppelingen").click()
    for text in ("Import", "SCOL-import", "Exportdefinities", "Eindtoetsgegevens importeren"):
        assert page.locator("main li").get_by_text(text, exact=True).count() == 1
    page.locator("main").get_by_role("link", name="Koppelingen", exact=True).click()
    assert page.get_by_role("heading", name="Resultatenkoppelingen (3 koppelingen)").is_visible()
    side = page.get_by_label("Koppelingen beheren").get_by_role("link")
    assert side.all_inner_texts() == [
        "Koppelingenoverzicht",
        "Koppeling activeren",
        "Koppeling beëindigen",
        "Koppelingenlogboek",
    ]
    with page.expect_download() as conditions:
        page.get_by_role("link", name="Gebruikersvoorwaarden van IEP LVS").click()
    assert "Bureau ICE" in conditions.value.path().read_text()
    page.get_by_role("link", name="Activeren IEP LVS").click()
    crumbs = page.locator(".crumbs").inner_text()
    assert re.findall(r"\w[\w ]*\w", crumbs) == ["Beheer", "Koppelingen", "Koppeling activeren"]
    text = page.locator("main").inner_text()
    for fact in ("Bureau ICE", "IEP resultaten koppeling", "Geen aanvullende kosten", "A. Beheer"):
        assert fact in text
    assert page.get_by_label("Startdatum").input_value() == "20-11-2026"


@pytest.mark.manual("A-20", "A-21", "A-22", "A-23", "A-26", "A-27", "D-19", "D-21", "D-23", "D-24", "D-25")
@pytest.mark.manual("D-14", "D-15", "D-27", "D-28", "F-30", "F-01", "F-02", "F-03", "F-06")
def test_esis_coupling_is_led_through_its_life(las, open_page):
    """At ESIS a school activates with a code of its own, pauses, resumes, ends and begins again, and reads the log."""
    page = open_page("/koppelingen/esis")
    page.get_by_role("link", name="Activeren IEP LVS").click()
    code = page.get_by_role("textbox", name="Verificatiecode")
    for wrong, reason in (
        ("", "uw naam en het akkoord ontbreken nog"),
        ("99QQ00abcdefghijklm", "19 tekens; minimaal 20"),
        ("99QQ00" + "a" * 45, "51 tekens; maximaal 50. Haal er 1 weg"),
        ("99QQabcdefghijklmnopqr", "begint niet met 99QQ00"),
        ("99QQ00abcdefghijklmn ", "spatie of regeleinde achter de code, op plaats 21"),
        ("99QQ00abcdefg-hijklmn", "Op plaats 14"),
    ):
        code.fill(wrong)
        press(page, "Opslaan")
        assert reason in said(page)
        assert code.input_value() == wrong
        assert len(las.couplings("esis")) == 1
        agree(page)
    code.fill("99QQ00abcdefghijklmn")
    press(page, "Opslaan")
    assert said(page) == "De koppeling is actief."
    page.get_by_role("link", name=re.compile("^IEP LVS")).click()
    assert page.locator(".key").inner_text() == "99QQ00abcdefghijklmn"
    press(page, "Verificatiecode verwijderen")
    press(page, "Annuleren")
    assert las.couplings("esis")[1].status == "actief"
    press(page, "Verificatiecode verwijderen")
    press(page, "Ja, verwijderen")
    assert "gepauzeerd" in said(page)
    agree(page)
    press(page, "Opslaan")
    assert "zolang er geen verificatiecode is" in said(page)
    agree(page)
    code.fill("99QQ00" + "a" * 44)
    press(page, "Opslaan")
    assert las.couplings("esis")[1].status == "actief"
    connection = las.connection("esis")
    iep = {"klantcode": "IEP", "klantnaam": "IEP LVS", "autorisatiesleutel": "99QQ00" + "a" * 44}
    assert post(connection, ask(connection), **iep).status == 200
    press(page, "Koppeling beëindigen")
    press(page, "Ja, beëindigen")
    assert post(connection, ask(connection), **iep).status == 500
    press(page, "Koppeling opnieuw activeren")
    events = page.locator(".log li > span").all_inner_texts()
    assert events[:3] == ["goedgekeurd", "beëindigd door A. Beheer", "actief door D. van Dam"]
    assert "akkoord gegeven door D. van Dam" in events
    page.get_by_role("link", name="Koppelingenlogboek").click()
    assert "beëindigd" in page.locator("tbody").inner_text()


def agree(page):
    """Fill in who agrees, and the tick."""
    page.get_by_label("Uw naam *").fill("D. van Dam")
    page.get_by_label("Voor akkoord *").check()


@pytest.mark.manual("A-18", "F-05")
def test_a_teacher_cannot_touch_a_coupling(las, open_page, send):
    """Logged in as teacher there is no button to activate in ESIS, and a direct call is refused; Directie may."""
    page = open_page("/koppelingen/esis")
    page.get_by_label("Ingelogd als").select_option("Leerkracht")
    press(page, "Wissel")
    assert page.get_by_role("link", name=re.compile("^Activeren")).count() == 0
    assert "Alleen Applicatiebeheerder of Directie" in page.locator("main").inner_text()
    token = re.search(r'name="token" value="([^"]+)"', send("GET", "/klok")[1])[1]
    path = coupling_of(las, "esis") + "/beeindigen"
    status, text, _ = send("POST", path, {"token": token}, Cookie="rol-esis=Leerkracht")
    assert (status, "Als Leerkracht mag u dit niet" in text) == (403, True)
    assert las.couplings("esis")[0].status == "actief"
    page.get_by_label("Ingelogd als").select_option("Directie")
    press(page, "Wissel")
    assert page.get_by_role("link", name="Activeren Boom testcentrum").count() == 1


@pytest.mark.manual("B-05", "B-08", "B-12", "B-13", "B-14", "B-15", "B-16")
def test_parnassys_coupling_is_opened_taken_and_given_a_key(las, open_page):
    """At ParnasSys the supplier opens the coupling, the school takes it after a question, and has keys made."""
    page = open_page("/koppelingen/parnassys")
    page.get_by_label("Menu van ParnasSys").get_by_role("link", name="Beheer").click()
    page.locator("main").get_by_role("link", name="Koppelingen", exact=True).click()
    listed = page.locator("section[aria-labelledby=lijst]")
    assert "Boom testcentrum" not in listed.inner_text()
    press(page, "Boom testcentrum UWLR openzetten")
    assert said(page) == "De koppeling staat open voor de school."
    listed.get_by_role("link", name="Boom testcentrum").click()
    assert page.get_by_role("button", name="nieuwe autorisatiesleutel instellen").count() == 0
    press(page, "afnemen")
    assert "Er zijn geen kosten" in page.get_by_role("dialog").inner_text()
    press(page, "Annuleren")
    assert [step.event for step in las.couplings("parnassys")[1].log][-1] == "goedgekeurd"
    press(page, "afnemen")
    press(page, "Ja, afnemen")
    press(page, "nieuwe autorisatiesleutel instellen")
    first = page.locator(".key").inner_text()
    press(page, "nieuwe autorisatiesleutel instellen")
    assert page.locator(".key").inner_text() == las.couplings("parnassys")[1].autorisatiesleutel != first


def test_coupling_is_asked_for_and_approved(las, open_page):
    """A coupling for any other application is asked for and approved; ParnasSys begins with the asking."""
    page = open_page("/koppelingen/parnassys")
    page.get_by_text("Koppeling met een andere applicatie").click()
    page.get_by_label("Klantcode").fill("EA1234")
    page.get_by_label("Naam van de leverancier").fill("Andere Toetsen")
    press(page, "Aanvragen")
    page.get_by_role("link", name="Andere Toetsen").click()
    assert page.locator("[aria-current=step]").inner_text() == "aangevraagd"
    press(page, "Koppeling goedkeuren")
    statuses = {c.klantcode: c.status for c in las.couplings("parnassys")}
    assert statuses["EA1234"] == "goedgekeurd"


@pytest.mark.manual("C-07", "C-46")
def test_key_of_focuspo_comes_by_mail(las, open_page):
    """Focus PO mails the key when the coupling is approved, and the mail can be read."""
    las.end_coupling(vendor="focuspo")
    las.request_coupling(vendor="focuspo")
    page = open_page(coupling_of(las, "focuspo"))
    press(page, "Koppeling goedkeuren")
    assert "gemaild" in said(page)
    page = open_page("/postvak/focuspo")
    key = las.connection("focuspo").autorisatie.autorisatiesleutel
    assert key in page.locator("article").first.inner_text()


@pytest.mark.manual("A-05", "A-67", "D-05")
def test_results_show_after_five_minutes(las, open_page):
    """ESIS shows results five minutes after they came, and until then says that they are on their way."""
    las.set_clock(now=AT)
    connection = las.connection("esis")
    delivery = make_results(roster(connection), groep_key=roster(connection).leerlingen[0].groep, aanmaakdatum=AT)
    assert post(connection, delivery).status == 200
    page = open_page("/groepen/esis?groep=" + urllib.parse.quote(roster(connection).leerlingen[0].groep))
    count = sum(len(afname.resultaten) for afname in delivery.toetsafnames)
    assert f"{count} resultaten zijn binnen maar nog niet zichtbaar" in page.locator("main").inner_text()
    assert page.locator("table").count() == 0
    page.get_by_role("link", name="Zet de klok vooruit").click()
    press(page, "5 minuten")
    page = open_page("/groepen/esis")
    assert page.locator("td:not(.none)").count() == count


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_cells_have_the_colours_of_their_norms(las, delivered, open_page, scheme):
    """Every cell has exactly the colour of the norm that its score falls under, and text that stands out from it."""
    _, delivery = delivered
    norms = {norm.term: norm.normkleur for norm in all_norms(delivery)}
    page = open_page("/groepen/esis", script=True, scheme=scheme, width=1280)
    cells = page.locator("td:not(.none)").evaluate_all(
        """cells => cells.map(cell => ({
            term: cell.querySelector('.term').textContent,
            ground: getComputedStyle(cell).backgroundColor,
            ink: getComputedStyle(cell.querySelector('a') ?? cell).color,
            under: getComputedStyle(cell.closest('.scroll')).backgroundColor,
        }))"""
    )
    assert len(cells) == sum(len(afname.resultaten) for afname in delivery.toetsafnames)
    assert len({cell["ground"] for cell in cells}) > 2
    for cell in cells:
        kleur = norms[cell["term"]]
        *rgb, alpha = numbers(cell["ground"], 4)
        assert rgb == [kleur.rood_code, kleur.groen_code, kleur.blauw_code]
        assert alpha == pytest.approx(float(kleur.transparantie), abs=0.005)
        seen = [alpha * top + (1 - alpha) * under for top, under in zip(rgb, numbers(cell["under"], 3), strict=True)]
        assert contrast(seen, numbers(cell["ink"], 3)) >= 4.5


def all_norms(delivery):
    """Every norm of a delivery."""
    for toets in delivery.toetsen:
        yield from toets.toetsnormering.norm
        for deel in toets.toetsonderdelen:
            yield from deel.toetsonderdeelnormering.norm


def numbers(css, count):
    """The numbers of a CSS colour; opaque where it does not say."""
    found = [float(number) for number in re.findall(r"[\d.]+", css)]
    return [*found, 1.0][:count]


@pytest.mark.manual("A-69")
def test_only_web_addresses_become_links(las, open_page):
    """An infourl is a link without referrer if it is an absolute web address, and is left out otherwise."""
    las.set_clock(now=AT)
    connection = las.connection("esis")
    delivery = make_results(roster(connection), groep_key=roster(connection).leerlingen[0].groep, aanmaakdatum=AT)
    bad = iter(["javascript:alert(1)", "/results", "https://toets.example/r?a=1&b=2"])
    first = delivery.toetsafnames[0]
    results = tuple(msgspec.structs.replace(result, infourl=next(bad, None)) for result in first.resultaten)
    afname = msgspec.structs.replace(first, resultaten=results)
    assert post(connection, msgspec.structs.replace(delivery, toetsafnames=(afname,))).status == 200
    las.set_clock(advance=300)
    page = open_page("/groepen/esis")
    links = page.locator("td a")
    assert [links.nth(n).get_attribute("href") for n in range(links.count())] == ["https://toets.example/r?a=1&b=2"]
    assert links.first.get_attribute("rel") == "noreferrer"
    assert page.locator("td:not(.none)").count() == len(results)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://toets.example/r", True),
        ("HTTP://toets.example", True),
        ("javascript:alert(1)", False),
        ("//toets.example/r", False),
        ("https:toets.example", False),
        ("http://", False),
        ("http://[", False),
        (" https://toets.example", False),
        ("data:text/html,x", False),
        (None, False),
    ],
)
def test_what_may_be_a_link(url, safe):
    """Only an absolute http or https address with a host may be a link."""
    assert link(url) == (url if safe else None)


def test_hostile_names_are_text(las, open_page):
    """Markup in the names of pupils, tests and suppliers shows as text, and nothing of it runs."""
    hostile = "<script>document.title='x'</script><img src=x onerror=alert(1)>"
    school = make_school(3, leerlingen=3, brincode="99QX", dependancecode="00", schooljaar="2026-2027")
    pupils = tuple(msgspec.structs.replace(leerling, achternaam=hostile) for leerling in school.leerlingen)
    las.set_clock(now=AT)
    las.load_school(msgspec.structs.replace(school, leerlingen=pupils), vendor="standaard")
    las.request_coupling(vendor="standaard", brincode="99QX", klantcode="EA9", klantnaam=hostile)
    las.activate(vendor="standaard", brincode="99QX", klantcode="EA9", klantnaam=hostile)
    key = las.couplings("standaard")[-1].autorisatiesleutel
    connection = msgspec.structs.replace(
        las.connection("standaard"),
        brincode="99QX",
        autorisatie=Access(autorisatiesleutel=key, klantcode="EA9", klantnaam=hostile),
    )
    delivery = scores(connection, {("k", pupils[0].key): 5}, AT)
    toets = msgspec.structs.replace(delivery.toetsen[0], toetsnaam=hostile)
    assert post(connection, msgspec.structs.replace(delivery, toetsen=(toets,))).status == 200
    page = open_page("/groepen/standaard?school=99QX-00", script=True)
    assert hostile in page.locator("tbody th").first.inner_text()
    assert hostile in page.locator("thead").inner_text()
    for path in ("/", "/koppelingen/standaard?school=99QX-00", "/scholen/standaard/99QX-00", "/journaal/1"):
        page = open_page(path, script=True)
        assert "script" in page.locator("main").inner_text()
        assert page.locator("script, main img").count() == 0
        assert page.title() != "x"


def test_findings_stand_beside_the_message(las, open_page):
    """A finding tells in Dutch what is wrong, and leads to the line of the message where it is."""
    connection = las.connection("standaard")
    post(connection, ask(connection, schooljaar="2026/27"))
    page = open_page("/journaal", width=1280)
    page.get_by_role("link", name="1 bekijken").click()
    aside = page.get_by_label("Bevindingen bij het verzoek")
    assert "niet de vorm van schooljaar" in aside.inner_text()
    aside.get_by_role("link", name="Toon in het bericht").first.click()
    line = page.locator(":target")
    assert "2026/27" in line.inner_text()
    assert "error" in line.get_attribute("class")
    boxes = [page.get_by_label("XML van het verzoek").bounding_box(), aside.bounding_box()]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]


def test_messages_show_no_keys_and_no_people(las, delivered, open_page):
    """The page of an exchange shows neither keys nor names nor numbers of people."""
    connection = las.connection("esis")
    page = open_page("/journaal/1")
    text = page.content()
    assert connection.autorisatie.autorisatiesleutel not in text
    pupil = roster(connection).leerlingen[0]
    assert "leerlinggegevens_antwoord" in text
    assert not any(personal in text for personal in (pupil.achternaam, pupil.eckid, pupil.key))


def test_findings_are_placed_by_their_path():
    """A finding goes to the line of its element, or of the element that holds it where that is absent."""
    message = "<a><b>1</b><b><c>2</c></b></a>"
    places = ([["a", 1], ["b", 2], ["c", 1]], [["a", 1], ["b", 2], ["d", 1]], [["a", 1]], [])
    found = [{"steps": steps, "severity": "error"} for steps in places]
    laid_out = shown(message, found)
    assert [line.text.strip() for line in laid_out.lines] == ["<a>", "<b>1</b>", "<b>", "<c>2</c>", "</b>", "</a>"]
    assert [line for _, line in laid_out.findings] == [4, 3, 1, None]


def test_journal_is_filtered(las, open_page):
    """The journal shows the newest first, and only what fits the filter."""
    for vendor, change in (("standaard", {}), ("esis", {}), ("esis", {"dependancecode": "01"})):
        post(las.connection(vendor), ask(las.connection(vendor), **change))
    page = open_page("/journaal", width=1280)
    assert [row.split()[0] for row in page.locator("tbody tr").all_inner_texts()] == ["3", "2", "1"]
    assert "there is one for 99QQ 00" in page.locator("tbody tr").first.inner_text()
    page.get_by_label("Systeem").select_option("esis")
    page.get_by_label("Foutcode").select_option("Client.AutorisatieOngeldig")
    press(page, "Filter")
    assert [row.split()[0] for row in page.locator("tbody tr").all_inner_texts()] == ["3"]
    press(page, "Journaal leegmaken")
    press(page, "Ja, leegmaken")
    assert las.exchanges() == []


def test_fault_is_planned_strikes_and_is_taken_off(las, open_page):
    """A fault that is planned on its page strikes the call it names; taken off, it does not, and others stay."""
    las.plan_fault("gzip", vendor="magister")
    page = open_page("/storingen")
    page.get_by_label("Wat er misgaat").select_option("http")
    page.get_by_label("HTTP-status").fill("502")
    page.get_by_label("Systeem").select_option("standaard")
    page.get_by_label("Hoe vaak").fill("0")
    press(page, "Plannen")
    assert said(page) == "De storing is gepland."
    connection = las.connection("standaard")
    assert post(connection, ask(connection)).status == 502
    page.get_by_role("listitem").filter(has_text="502").get_by_role("button").click()
    assert post(connection, ask(connection)).status == 200
    assert "gzip" in page.locator("main").inner_text()
    page.get_by_label("Wat er misgaat").select_option("delay")
    page.get_by_text("Bij toeval").click()
    page.get_by_label("Kans").fill("0.5")
    press(page, "Plannen")
    assert "kan niet worden gepland" in said(page)
    assert page.get_by_label("Kans").input_value() == "0.5"


def test_only_the_fields_of_the_chosen_fault_show(open_page):
    """The form for a fault shows the fields that go with the chosen kind, without any script."""
    page = open_page("/storingen")
    page.get_by_label("Wat er misgaat").select_option("truncate")
    assert page.get_by_label("Deel dat nog aankomt").is_visible()
    assert not page.get_by_label("HTTP-status").is_visible()


def test_clock_is_set_and_moved(las, open_page):
    """The clock is set in Dutch time, stands still or runs, and is moved on."""
    page = open_page("/klok")
    page.get_by_label("Moment (Nederlandse tijd)").fill("2027-07-31T23:59")
    press(page, "Zetten")
    assert "Schooljaar 2026-2027" in page.locator("main").inner_text()
    press(page, "5 minuten")
    assert "zondag 1 augustus 2027 00:04" in page.locator("main").inner_text()
    assert "Schooljaar 2027-2028. De klok staat stil." in page.locator("main").inner_text()
    press(page, "Terug naar de echte tijd")
    assert not las.state().clock.frozen


def test_everything_starts_again(las, open_page):
    """The overview can put everything back as it was at the start."""
    las.plan_fault("http")
    las.end_coupling(vendor="esis")
    page = open_page("/")
    press(page, "Alles terug naar het begin")
    press(page, "Ja, alles terug")
    assert las.couplings("esis")[0].status == "actief"


def test_pages_fit_a_phone_and_are_sound(paths, open_page):
    """No page scrolls sideways on a phone; each has one heading and named fields, and complains about nothing."""
    page = open_page("/", script=True)  # so that a script that is refused complains; other tests do without
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    fetched = set()
    page.on("request", lambda request: fetched.add(urllib.parse.urlsplit(request.url).netloc))
    for path in paths:
        open_page(path, script=True)
        assert page.evaluate(SOUND) == {"wide": 360, "headings": 1, "lang": "nl", "unnamed": []}, path
    assert len(fetched) == 1
    assert [text for text in complaints if "404" not in text] == []


SOUND = """() => ({
    wide: document.documentElement.scrollWidth,
    headings: document.querySelectorAll('h1').length,
    lang: document.documentElement.lang,
    unnamed: [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
        .filter(field => !field.labels.length).map(field => field.name),
})"""


def test_everything_is_reached_by_keyboard(paths, open_page):
    """On every page Tab reaches every link, button, field and place that scrolls, and shows where it is."""
    for path in paths:
        page = open_page(path, width=1280, script=True)
        due = page.evaluate(WATCH)
        assert due
        for times in (due, 8):  # a field for a date takes several
            for _ in range(times):
                page.keyboard.down("Tab")  # held down, it goes on
            page.keyboard.up("Tab")
            if not (missed := page.evaluate(MISSED)):
                break
        assert missed == [], path


WATCH = """() => {
    const due = [...document.querySelectorAll(
        'a[href], button, input:not([type=hidden]), select, textarea, summary, .scroll'
    )].filter(e => e.checkVisibility() && (e.type !== 'radio' || e.matches('label:first-of-type > input')));
    window.missed = new Set(due);
    addEventListener('focusin', ({target}) => {
        if (getComputedStyle(target).outlineStyle !== 'none') window.missed.delete(target);
    });
    return due.length;
}"""
MISSED = "() => [...window.missed].map(e => e.outerHTML.slice(0, 90))"


def test_keyboard_alone_pauses_a_coupling(las, open_page):
    """From the overview to a paused coupling takes nothing but Tab and Enter."""
    page = open_page("/")
    tab_to(page, "(99QQ 00) met Voorbeeld Toetsen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/koppelingen/esis/*")
    tab_to(page, "Verificatiecode verwijderen")
    page.keyboard.press("Enter")
    tab_to(page, "Ja, verwijderen")
    page.keyboard.press("Enter")
    page.wait_for_url("**gelukt=paused")
    assert las.couplings("esis")[0].status == "gepauzeerd"


def tab_to(page, text):
    """Press Tab until the element with this text has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText").endswith(text):
            return
    pytest.fail(f"Tab does not reach {text}")


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, False),
        ({"Origin": "http://example.com"}, True),
        ({"Origin": "null"}, True),
        ({"Sec_Fetch_Site": "cross-site"}, True),
        ({"Sec_Fetch_Site": "same-site"}, True),
        ({"Host": "evil.example"}, True),
    ],
    ids=["no token", "origin", "no origin", "cross-site", "same-site", "host"],
)
def test_other_sites_change_nothing(las, send, headers, token):
    """A form without the token, from another site, or for another host name changes nothing."""
    right = re.search(r'name="token" value="([^"]+)"', send("GET", "/klok")[1])[1]
    before = las.couplings("esis")
    path = coupling_of(las, "esis") + "/beeindigen"
    form = {"token": right if token else "guessed"}
    assert send("POST", path, form, **headers)[0] == 403
    assert las.couplings("esis") == before
    assert send("POST", path, {"token": right})[0] == 303


def test_form_of_a_strange_page_is_refused(las, open_page, send):
    """A page of another site that holds a form, even with the right token, changes nothing in a real browser."""
    token = re.search(r'name="token" value="([^"]+)"', send("GET", "/klok")[1])[1]
    form = (
        f"<form method=post action='{las.url}{coupling_of(las, 'esis')}/beeindigen'>"
        f"<input name=token value='{token}'><button>Win</button></form>"
    )

    class Strange(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(form.encode())

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Strange) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        page = open_page(f"http://localhost:{server.server_port}/")
        with page.expect_response("**/beeindigen") as answer:
            press(page, "Win")
        server.shutdown()
        thread.join()
    assert answer.value.status == 403
    assert las.couplings("esis")[0].status == "actief"


def test_pages_allow_nothing_inside(send):
    """Every page forbids scripts, styles and frames that are not its own."""
    for path in ("/", "/groepen/esis", "/static/style.css", "/journaal/99"):
        policy = send("GET", path)[2]["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src" not in policy


def test_what_is_not_there(send):
    """What is not there is a page that says so; paths that are no page answer as a school system does."""
    school = ["/scholen/nergens", "/scholen/esis/99ZZ-00", "/scholen/esis/x", "/scholen/esis/99QQ-00?jaar=1999-2000"]
    others = [
        "/koppelingen/esis/999",
        "/groepen/esis?groep=x",
        "/gedrag/nergens",
        "/ophalen/esis",
        "/journaal/99",
        "/klok/x",
    ]
    for path in ["/koppelingen/nergens", *school, *others]:
        status, text, _ = send("GET", path)
        assert (status, "Niet gevonden" in text) == (404, True), path
    assert send("GET", "/nergens")[:2] == (404, "No system here has a service at this path.\n")
    assert "wsdl" in send("GET", "/esis/leerlinggegevens?wsdl")[1]
    assert send("GET", "/__mock__/")[2]["Location"] == "/"
