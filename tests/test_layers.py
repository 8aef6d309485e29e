"""What the import contracts in pyproject.toml cannot say: what `import uwlr` loads, and that its names are there."""

import subprocess
import sys

import pytest

HEAVY = {
    *(
        "zeep",
        "spyne",
        "flask",
        "werkzeug",
        "jinja2",
        "sqlalchemy",
        "alembic",
        "psycopg",
        "httpx",
        "requests",
        "stamina",
    ),
    *("cheroot", "rich", "click", "xmlschema", "distributed", "stdnum", "pytest", "asyncio", "ssl"),
}


def test_importing_uwlr_stays_light():
    """No SOAP stack, web framework, database or terminal library is loaded by reading and writing messages."""
    script = (
        "import sys, uwlr; uwlr.read, uwlr.read_tolerant, uwlr.write, uwlr.iter_leerlingen, uwlr.iter_resultaten;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert not set(done.stdout.split()) & HEAVY


def test_a_bare_import_loads_no_other_package():
    """`import uwlr` alone loads nothing that was installed beside it, not even lxml: names come when they are used."""
    script = "import sys; before = set(sys.modules); import uwlr; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded - sys.stdlib_module_names == {"uwlr"}
    assert not loaded & HEAVY


def test_every_public_name_loads():
    """The lazy table of names is right, and all of it is public."""
    import uwlr

    for name in uwlr.__all__:
        assert getattr(uwlr, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'onbekend'"):
        uwlr.onbekend  # noqa: B018
