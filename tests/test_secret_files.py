"""Files with a key or HTTP headers, as people and their editors leave them."""

from __future__ import annotations

import pytest

from uwlr.errors import ConfigurationError
from uwlr.secret_files import headers_in, key_in, read_headers, read_key

KEY = "99XX00geheimE sleutel+/="


@pytest.mark.parametrize(
    "data",
    [
        KEY.encode(),
        f"{KEY}\n".encode(),
        f"{KEY}\r\n\r\n".encode(),
        f"\n \t{KEY} \n".encode(),
        f"\ufeff{KEY}\n".encode(),
        f"\ufeff \u200b{KEY}\u2060\xa0\n".encode(),
        f"\ufeff{KEY}\r\n".encode("utf-16-le"),
        f"{KEY}\n".encode("utf-16"),
        f"\ufeff{KEY}".encode("utf-16-be"),
    ],
)
def test_what_an_editor_adds_is_not_of_the_key(data, tmp_path):
    """Byte order marks, white space and line ends around a key, and UTF-16, make no difference; one inside stays."""
    (tmp_path / "sleutel").write_bytes(data)

    assert read_key(tmp_path / "sleutel") == KEY


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (f"{KEY}\n\n{KEY}\n".encode(), "has 2 lines"),
        (f"klantcode=x\nsleutel={KEY}\nzz".encode(), "has 3 lines"),
        (b"gehe\x00im", "characters that no key has"),
        (b"gehe\x1b[31mim", "characters that no key has"),
        ("gehe\u200bim".encode(), "characters that no key has"),
        (b"geh\xe9im", "not text in UTF-8"),
        (b"PK\x03\x04\xff\xff", "not text in UTF-8"),
        (b"\xff\xfeg", "not text in UTF-8"),
    ],
)
def test_what_is_no_key_is_named_without_showing_it(data, wrong):
    """The error says what is wrong with which file, and nothing of what it holds."""
    with pytest.raises(ConfigurationError, match=wrong) as caught:
        key_in(data, "map/sleutel.txt")

    assert str(caught.value).startswith("map/sleutel.txt ")
    assert "geh" not in str(caught.value)


def test_a_file_that_is_not_there_says_so(tmp_path):
    """The operating system's reason and the path are in the error."""
    for read in (read_key, read_headers):
        with pytest.raises(ConfigurationError, match="weg cannot be read: No such file"):
            read(tmp_path / "weg")


def test_headers_are_lines_of_name_and_value():
    """Empty lines, white space and a byte order mark do not count; the value may hold a colon."""
    data = "\ufeffOcp-Apim-Subscription-Key :  geheim \r\n\r\nX-Url: http://a:1\r\n".encode()

    assert headers_in(data, "x") == {"Ocp-Apim-Subscription-Key": "geheim", "X-Url": "http://a:1"}


@pytest.mark.parametrize(("data", "line"), [(b"geheim", 1), (b"A: b\n\n: geheim", 3)])
def test_another_line_is_named_by_its_number(data, line):
    """A line that is no header is counted, not shown."""
    with pytest.raises(ConfigurationError, match=f"^koppen, line {line}: each line is `Name: value`$"):
        headers_in(data, "koppen")
