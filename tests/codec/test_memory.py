"""Streaming keeps the memory of the process constant."""

import pytest

from helpers.memory import printed
from helpers.needs import needs

SCRIPT = """
import sys
import uwlr

path = sys.argv[1]
next(uwlr.iter_leerlingen(sys.argv[2]))
before = peak()
count = sum(1 for _ in uwlr.iter_leerlingen(path))
print(count, peak() - before)
"""
HEAD = (
    '<leerlinggegevens xmlns="http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"><school>'
    "<schooljaar>2024-2025</schooljaar></school><leerlingen>\n"
)
PUPIL = (
    '<leerling key="{0}" eckid="https://ketenid.nl/201703/{0:0128x}"{1}><achternaam>Voorbeeld{0}</achternaam>'
    "<roepnaam>Bo</roepnaam><geboortedatum>2015-05-05</geboortedatum><jaargroep>5</jaargroep><groep key='g{2}'/>"
    "<samengestelde_groepen><samengestelde_groep key='s1'/><samengestelde_groep key='s2'/></samengestelde_groepen>"
    "<fotourl>https://voorbeeld.example/{0:0300d}</fotourl></leerling>\n"
)


@needs("/proc")
@pytest.mark.parametrize("unusual", [False, True], ids=["usual form", "another form"])
def test_twenty_thousand_pupils_stream_in_32_mb(tmp_path, unusual):
    """Read by shapes or by a tree, 16 MB of pupils take less than 32 MB more than one pupil does."""
    for name, count in (("large.xml", 20_000), ("small.xml", 1)):
        with (tmp_path / name).open("w", encoding="utf-8") as file:
            file.write(HEAD)
            for number in range(count):
                text = PUPIL.format(number, " " if unusual else "", number % 30)
                file.write(text if unusual else text.replace("'", '"'))
            file.write("</leerlingen></leerlinggegevens>")
    count, growth = map(float, printed(SCRIPT, tmp_path / "large.xml", tmp_path / "small.xml"))
    assert count == 20_000
    assert growth < 32
