"""Which hosts and addresses are this machine itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uwlr.loopback import is_loopback, is_loopback_url

OURS = (
    "127.0.0.1",
    "127.0.0.1:8080",
    "127.0.0.1:",
    "127.0.0.1.",
    "127.0.0.1.:8080",
    "127.255.255.254",
    "::1",
    "[::1]",
    "[::1]:8080",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]:8080",
    "[::FFFF:7f00:1]",
    "[::ffff:127.9.8.7]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]:8080",
    "::ffff:127.0.0.1",
    "localhost",
    "localhost.",
    "LOCALHOST:8080",
    "localhost.:8080",
    "las.localhost",
    "las.localhost.:8080",
)
STRANGE = (
    "127.0.0.1.evil.example",
    "127.evil.example",
    "127.0.0.1evil.example:80",
    "127.0.0.1..",
    "127.0.0",
    "127.0.0.256",
    "127.0.0.0.1",
    "0177.0.0.1",
    "2130706433",
    "0.0.0.0",
    "10.127.0.1",
    "128.0.0.1",
    "[::]",
    "[::2]",
    "[::1].evil.example",
    "[::1]evil",
    "[::1",
    "::1]",
    "[::1.evil.example]",
    "[127.0.0.1]",
    "[localhost]",
    "[::ffff:10.0.0.1]",
    "[fe80::1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "[::1%lo]",
    "[::1%25lo]",
    "[::1%evil.example]",
    "::1%lo",
    "[::1.]",
    "[::1].",
    "[::1]..:8080",
    "::1:8080",
    "[[::1]]",
    "localhost.evil.example",
    "localhost..",
    "evillocalhost",
    "notlocalhost.example",
    "localho\u017ft",
    "\uff11\uff12\uff17.0.0.1",
    "localhost@evil.example",
    "evil.example@localhost",
    "127.0.0.1, evil.example",
    "127.0.0.1 evil.example",
    "127.0.0.1\tevil.example",
    "127.0.0.1:80@evil.example",
    "127.0.0.1:80:80",
    "127.0.0.1:http",
    "127.0.0.1/evil",
    "127.0.0.1\\evil",
    " 127.0.0.1",
    "",
    ":8080",
)


@pytest.mark.parametrize("host", OURS)
def test_this_machine(host):
    """Loopback addresses and localhost are this machine, in every valid form of a Host header."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", STRANGE)
def test_not_this_machine(host):
    """A name that only looks like a loopback address, and whatever is no valid host, is not this machine."""
    assert not is_loopback(host)


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@settings(deadline=None)  # it is short, but the machine may be busy
@given(st.sampled_from(OURS), st.lists(LABEL, min_size=1, max_size=3))
def test_no_name_of_a_registered_domain_is_this_machine(ours, labels):
    """Whatever a host of ours is made the beginning of, the registered domain behind it decides."""
    name = ".".join((ours.rpartition(":")[0] or ours, *labels, "example"))
    assert not is_loopback(name)
    assert not is_loopback(f"{name}:80")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8/x", True),
        ("http://127.9.9.9", True),
        ("https://[::1]/", True),
        ("http://localhost", True),
        ("http://localhost.:8/x", True),
        ("http://las.localhost?x", True),
        ("http://name:secret@localhost:8/", True),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
        ("http://10.0.0.1", False),
        ("http://localhost@evil.example/", False),
        ("http://evil.example\\@localhost/", False),
        ("http://localhost\\@evil.example/", False),
        ("http://[::1/", False),
        ("http:localhost", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_urls_of_this_machine(url, expected):
    """The host of a URL decides, not what stands before or behind it."""
    assert is_loopback_url(url) is expected
