"""Rosters and results as columns and workbooks: what a person with pandas or Excel sees, and what is refused."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import openpyxl
import pytest
from click.testing import CliRunner

import uwlr
from uwlr import tables
from uwlr.berichten import GeenGegevens
from uwlr.cli import main
from uwlr.convert.layout import ROOTS, every, layout
from uwlr.errors import ConfigurationError, InvalidMessage, MessageError
from uwlr.testing import make_results, make_school

ROSTER = make_school(seed=7, leerlingen=6)
RESULTS = make_results(ROSTER, seed=7)


def named(name):
    """The roster with a first pupil of that name and a key that begins with zeros."""
    first = msgspec.structs.replace(ROSTER.leerlingen[0], key="0042", roepnaam=name)
    return msgspec.structs.replace(ROSTER, leerlingen=(first, *ROSTER.leerlingen[1:]))


def written(bericht):
    """The bytes of the workbook of a message."""
    file = io.BytesIO()
    tables.to_xlsx(bericht, file)
    return file.getvalue()


def book(bericht):
    """The workbook of a message, as openpyxl opens it."""
    return openpyxl.load_workbook(io.BytesIO(written(bericht)))


def saved(workbook):
    """The bytes of a workbook that a person changed."""
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def places(caught):
    """Where the deviations are, as a person reads it."""
    return [str(deviation.path) for deviation in caught.value.deviations]


def test_columns_have_python_values():
    """Keys are texts with their zeros, days are days, and every column of a table is as long as the others."""
    pupils = tables.to_columns(named("Jan"))["leerlingen"]
    assert pupils["key"][0] == "0042"
    assert {type(day) for day in pupils["geboortedatum"] if day is not None} == {date}
    assert {len(column) for column in pupils.values()} == {6}


def test_an_answer_is_tables_as_its_roster():
    """What `uwlr.read` gives need not be opened first; an answer without a roster cannot be tables."""
    answer = uwlr.berichten.LeerlinggegevensAntwoord(inhoud=ROSTER)
    assert tables.to_columns(answer) == tables.to_columns(ROSTER)
    with pytest.raises(ConfigurationError, match="cannot be tables"):
        tables.to_columns(GeenGegevens())


@pytest.mark.parametrize("message", [ROSTER, RESULTS], ids=["roster", "results"])
@pytest.mark.parametrize("dtype", [None, object, "string"])
def test_pandas_gives_back_what_it_got(message, dtype):
    """A message goes through frames of pandas and comes back equal, also where pandas made a text of every value."""
    import pandas as pd  # costs every worker of the tests a quarter of a second

    frames = {name: pd.DataFrame(columns, dtype=dtype) for name, columns in tables.to_columns(message).items()}
    assert tables.from_columns(frames) == message
    assert tables.from_columns({name: frame.to_dict("list") for name, frame in frames.items()}) == message


@pytest.mark.parametrize("message", [ROSTER, RESULTS], ids=["roster", "results"])
def test_polars_gives_back_what_it_got(message):
    """The same through frames of polars, as they are, as lists and as its own series."""
    import polars as pl  # as above

    frames = {name: pl.DataFrame(columns) for name, columns in tables.to_columns(message).items()}
    assert tables.from_columns(frames) == message
    for as_series in (False, True):
        back = {name: frame.to_dict(as_series=as_series) for name, frame in frames.items()}
        assert tables.from_columns(back) == message


@pytest.mark.parametrize("message", [named("=1+1"), RESULTS], ids=["roster", "results"])
def test_pandas_writes_and_reads_workbooks(message):
    """What pandas writes of every table, `from_xlsx` reads; what pandas reads of ours, `from_columns` takes."""
    import pandas as pd  # as above

    file = io.BytesIO()
    with pd.ExcelWriter(file) as workbook:
        for name, columns in tables.to_columns(message).items():
            pd.DataFrame(columns).to_excel(workbook, sheet_name=name[:31], index=False)
    assert tables.from_xlsx(file.getvalue()) == message
    for data in (file.getvalue(), written(message)):
        frames = pd.read_excel(io.BytesIO(data), sheet_name=None, dtype=str, keep_default_na=False)
        assert tables.from_columns(frames) == message


def test_moments_keep_their_zones():
    """Moments are texts with the zone that each has; pandas makes moments of them, and a space for the T will do."""
    moments = [datetime.fromisoformat(text) for text in ("2025-10-01T06:30:00+02:00", "2025-10-01T04:30:00")]
    changed = [
        msgspec.structs.replace(pupil, mutatiedatum=moment)
        for pupil, moment in zip(ROSTER.leerlingen, moments, strict=False)
    ]
    columns = tables.to_columns(msgspec.structs.replace(ROSTER, leerlingen=(*changed, *ROSTER.leerlingen[2:])))
    column = columns["leerlingen"]["mutatiedatum"]
    assert column[:2] == ["2025-10-01T06:30:00+02:00", "2025-10-01T04:30:00"]
    columns["leerlingen"]["mutatiedatum"] = [text and text.replace("T", " ") for text in column]
    assert tables.to_columns(tables.from_columns(columns))["leerlingen"]["mutatiedatum"] == column


def test_a_day_is_no_moment():
    """A day that came back as its midnight is that day; at another time of day it is refused."""
    columns = tables.to_columns(ROSTER)
    days = columns["leerlingen"]["geboortedatum"]
    columns["leerlingen"]["geboortedatum"] = [f"{day} 00:00:00" for day in days]
    assert tables.from_columns(columns) == ROSTER
    columns["leerlingen"]["geboortedatum"][1] = f"{days[1]} 00:00:01"
    with pytest.raises(InvalidMessage) as caught:
        tables.from_columns(columns)
    assert places(caught) == ["leerlingen/row[2]/geboortedatum"]


def test_a_table_twice():
    """A table that is there by its name and by that of its sheet is refused; neither is dropped."""
    columns = tables.to_columns(ROSTER)
    name = next(name for name in columns if len(name) > 31)
    columns[name[:31]] = columns[name]
    with pytest.raises(InvalidMessage) as caught:
        tables.from_columns(columns)
    assert places(caught) == [name[:31]]


@pytest.mark.parametrize("given", [[], {"leerlingen": [{"key": "1"}]}, {"leerlingen": "key"}])
def test_no_tables(given):
    """What is neither tables by name nor columns by heading is a TypeError that says what is due."""
    with pytest.raises(TypeError, match=r"a dict of (tables|lists) .* is due"):
        tables.from_columns(given)


def test_a_frame_alone_or_with_a_column_twice():
    """A frame without the name of its table, and one with two columns of a name, are refused in so many words."""
    import pandas as pd  # as above

    frame = pd.DataFrame([["1", "2"]], columns=["key", "key"])
    with pytest.raises(TypeError, match="no DataFrame"):
        tables.from_columns(frame)
    with pytest.raises(ConfigurationError, match="leerlingen has two columns of one name"):
        tables.from_columns({"leerlingen": frame})


def test_formulas_are_texts():
    """A pupil named like a formula has an apostrophe in columns and in Excel, where the cell is text."""
    roster = named("=HYPERLINK(1)")
    assert tables.to_columns(roster)["leerlingen"]["roepnaam"][0] == "'=HYPERLINK(1)"
    assert tables.to_columns(roster, guarded=False)["leerlingen"]["roepnaam"][0] == "=HYPERLINK(1)"
    cell = next(c for c in book(roster)["leerlingen"][2] if c.value == "'=HYPERLINK(1)")
    assert cell.data_type == "s"


def heading(sheet, name):
    """The column of a heading, from 1."""
    return [cell.value for cell in sheet[1]].index(name) + 1


def test_cells_of_excel():
    """A key is a text cell that stays text when somebody types in it; a day is a day; a number shows its digits."""
    sheet = book(named("Jan"))["leerlingen"]
    key, day = (sheet.cell(2, heading(sheet, name)) for name in ("key", "geboortedatum"))
    assert (key.value, key.data_type, key.number_format) == ("0042", "s", "@")
    assert (type(day.value), day.number_format) == (datetime, "yyyy-mm-dd")
    toets = RESULTS.toetsen[0]
    weighed = msgspec.structs.replace(toets.toetsnormering, wegingsfactor=Decimal("1.50"))
    sheet = book(msgspec.structs.replace(RESULTS, toetsen=(msgspec.structs.replace(toets, toetsnormering=weighed),)))[
        "toetsen"
    ]
    weight = sheet.cell(2, heading(sheet, "toetsnormering.wegingsfactor"))
    assert (weight.value, weight.number_format) == (1.5, "0.00")


def test_norms_and_colours_are_columns():
    """A norm and its colour are columns of `toets_norm`, one row per norm; floats of a frame that are whole will do."""
    columns = tables.to_columns(RESULTS)
    columns["toets_norm"] |= {
        "beginnormwaarde": [float(number) for number in range(len(columns["toets_norm"]["nr"]))],
        "normkleur.rood_code": [255.0] * len(columns["toets_norm"]["nr"]),
        "normkleur.groen_code": [128] * len(columns["toets_norm"]["nr"]),
        "normkleur.blauw_code": [0] * len(columns["toets_norm"]["nr"]),
        "normkleur.transparantie": [100] * len(columns["toets_norm"]["nr"]),
    }
    norms = [norm for toets in tables.from_columns(columns).toetsen for norm in toets.toetsnormering.norm]
    assert [norm.beginnormwaarde for norm in norms] == list(range(len(norms)))
    assert {(n.normkleur.rood_code, n.normkleur.groen_code) for n in norms} == {(255, 128)}


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("key", 42, "int"),
        ("key", 42.0, "float"),
        ("roepnaam", True, "bool"),
        ("geboortedatum", datetime.fromisoformat("2015-03-04T12:30"), "datetime"),
        ("geboortedatum", "04-03-2015", "date"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(name, value, text):
    """A number is no key, and what is no day is no day: each is refused at its table, row and column."""
    columns = tables.to_columns(ROSTER)
    columns["leerlingen"][name][2] = value
    with pytest.raises(InvalidMessage, match=text) as caught:
        tables.from_columns(columns)
    assert places(caught) == [f"leerlingen/row[3]/{name}"]
    assert "04-03-2015" not in str(caught.value)


def test_a_missing_cell_is_named_by_row_and_column():
    """A mandatory value that is absent is named where a person fills it in."""
    columns = tables.to_columns(RESULTS)
    columns["resultaten"]["afnamedatum"][1] = float("nan")
    with pytest.raises(InvalidMessage, match="missing") as caught:
        tables.from_columns(columns)
    assert places(caught) == ["resultaten/row[2]/afnamedatum"]


def test_columns_of_one_length():
    """Columns that differ in length are refused; no row is dropped."""
    columns = tables.to_columns(ROSTER)
    columns["leerlingen"]["key"].pop()
    with pytest.raises(ConfigurationError, match="leerlingen differ in length"):
        tables.from_columns(columns)


@pytest.mark.parametrize("value", [42, True, "=1+1", "#N/A"])
def test_a_wrong_cell_of_excel(value):
    """A number, a formula and an error in the place of a key are refused, with the row number that Excel shows."""
    workbook = book(ROSTER)
    sheet = workbook["leerlingen"]
    sheet.cell(4, heading(sheet, "key")).value = value
    with pytest.raises(InvalidMessage) as caught:
        tables.from_xlsx(saved(workbook))
    assert places(caught) == ["leerlingen/row[4]/key"]


def test_a_workbook_with_more_than_the_message():
    """An empty sheet is no matter; a sheet or a column that no table has is refused by name."""
    workbook = book(ROSTER)
    workbook.create_sheet("Blad1")
    assert tables.from_xlsx(saved(workbook)) == ROSTER
    workbook["Blad1"]["A1"] = "notitie"
    workbook["leerlingen"].cell(1, workbook["leerlingen"].max_column + 1).value = "kleur"
    with pytest.raises(InvalidMessage) as caught:
        tables.from_xlsx(saved(workbook))
    assert sorted(places(caught)) == ["Blad1", "leerlingen/kleur"]


def zipped(size):
    """A zip that is no workbook, with a part of that many zeros."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"\0" * size)
    return file.getvalue()


@pytest.mark.parametrize("data", [b"", b"key;naam", zipped(10)], ids=["nothing", "CSV", "another zip"])
def test_no_workbook(data):
    """Other bytes, and a zip that is no workbook, are a MessageError."""
    with pytest.raises(MessageError, match="no workbook"):
        tables.from_xlsx(data)


def test_a_workbook_that_swells(monkeypatch):
    """What unpacks to more than the limit is refused before it is unpacked."""
    monkeypatch.setattr("uwlr.convert.as_xlsx._LARGEST", 1000)
    with pytest.raises(MessageError, match="unpacks to more"):
        tables.from_xlsx(zipped(1001))


def test_letters_that_excel_counts_twice():
    """A text is measured as Excel does, so that none is cut off: letters beyond the first 65,536 count twice."""
    assert tables.from_xlsx(written(named("\U0001d11e" * 16_383))).leerlingen[0].roepnaam == "\U0001d11e" * 16_383
    with pytest.raises(MessageError, match="32768 characters"):
        written(named("\U0001d11e" * 16_384))


def test_a_failed_workbook_leaves_the_old_one(tmp_path):
    """A text that no cell can hold is refused; the file that was there stays, and nothing else is left."""
    path = tmp_path / "school.xlsx"
    tables.to_xlsx(ROSTER, path)
    with pytest.raises(MessageError, match="roepnaam"):
        tables.to_xlsx(named("x" * 40_000), path)
    assert list(tmp_path.iterdir()) == [path]
    assert tables.from_xlsx(path) == ROSTER


def test_paths_may_be_texts(tmp_path):
    """Files and folders can be given as texts; a workbook that is made so is as private as any."""
    tables.to_xlsx(ROSTER, str(tmp_path / "school.xlsx"))
    tables.to_csv(ROSTER, str(tmp_path / "csv"))
    assert tables.from_xlsx(str(tmp_path / "school.xlsx")) == ROSTER
    assert tables.from_csv(str(tmp_path / "csv")) == ROSTER
    assert (tmp_path / "school.xlsx").stat().st_mode & 0o777 == 0o600


def test_files_are_for_their_owner(tmp_path):
    """A workbook, and the tables of CSV with their folder, can be read by nobody else."""
    tables.to_xlsx(ROSTER, tmp_path / "school.xlsx")
    tables.to_csv(ROSTER, tmp_path / "csv")
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(made) > 3
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}
    assert (tmp_path / "csv").stat().st_mode & 0o777 == 0o700


def test_tables_stand_in_the_order_of_the_message():
    """The table of a list within items stands behind that of the items, in columns and in a workbook."""
    names = list(tables.to_columns(ROSTER))
    assert names == [sheet.name for sheet in every(layout(type(ROSTER))) if sheet.name in names]
    assert book(ROSTER).sheetnames == [name[:31] for name in names]


def test_names_of_sheets_differ():
    """The 31 characters that a sheet's name may have tell every table from the others."""
    sheets = {sheet.name: sheet.tab for root in ROOTS for sheet in every(layout(root))}
    assert len(set(sheets.values())) == len(sheets)


def test_command_goes_through_excel(tmp_path, monkeypatch):
    """`uwlr convert` writes a workbook by its name, and knows one by its content."""
    monkeypatch.chdir(tmp_path)
    Path("school.json").write_bytes(uwlr.convert.to_json(ROSTER))
    for arguments in (("school.json", "school.xlsx"), ("school.xlsx", "terug.json")):
        result = CliRunner().invoke(main, ["convert", *arguments])
        assert (result.exit_code, result.output) == (0, "")
    assert uwlr.convert.from_json(Path("terug.json").read_bytes()) == ROSTER
