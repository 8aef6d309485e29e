"""What a stranger's document may cost: behind each door at most ten times the median for a byte, from 64 KB on."""

from __future__ import annotations

import pytest

from fuzz import doors
from fuzz.doors import BASIS, DOORS, SHAPES, SMALL, corpus, costly

ONCE_OVER = (
    "usual",
    "one attribute",
    "attributes of a pupil",
    "namespaces of a pupil",
    "a long namespace, used",
    "a long namespace in a pupil",
    "1,000 letters of namespace",
    "250 namespaces",
    "60 attributes each",
    "empty pupils",
    "one text",
    "letters",
    "an envelope",
    "CDATA that does not end",
    "instructions that do not end",
)
"""Shapes of the short form: usual ones, and those that were over the bar before something was mended."""

KNOWN = {
    # Each is named at its place, and explained: 8 bytes that are an element no table has.
    "validate": {"names in a pupil"},
    # Each `<` that begins no tag is a text of its own; each key is another one.
    "pseudonymise": {"angles", "an unknown attribute each"},
    # Each is another word, to be invented by a walk that nobody can turn back.
    "anonymise": {"comments", "comments in front", "instructions", "an unknown attribute each", "angles"},
}
"""What is over the bar and linear: these may cost `MOST_KNOWN` times the median."""
MOST_KNOWN = 40


def over(door: str, documents: list[tuple[str, bytes]], *, times: int = 1) -> dict[str, float]:
    """What costs too much, save what is known to and stays within its own bound."""
    known = {name for name, _ in documents if name.rpartition("@")[0] in KNOWN.get(door, set())}
    found = costly(door, documents, times=times)
    return {name: times for name, times in found.items() if name not in known or times > MOST_KNOWN}


def shaped(names: tuple[str, ...], size: int) -> list[tuple[str, bytes]]:
    """Documents of these shapes, by name and size."""
    return [(f"{name}@{size}", SHAPES[name](size)) for name in names]


@pytest.fixture(scope="module")
def few() -> list[tuple[str, bytes]]:
    """A part of the corpus, and the shapes that once cost too much."""
    return [*corpus(every=60), *shaped(ONCE_OVER, SMALL)]


@pytest.mark.parametrize("door", DOORS)
def test_a_few_documents_cost_in_proportion(door, few):
    """A part of the corpus, and the shapes that once cost too much, keep to the bar."""
    assert over(door, few) == {}


@pytest.mark.proof
@pytest.mark.parametrize("door", DOORS)
def test_all_documents_cost_in_proportion(door):
    """The whole corpus, grown, and every shape of 64 KB and of 1 MB keep to the bar."""
    sizes = (SMALL, 16 * SMALL)
    documents = [*corpus(), *(one for size in sizes for one in shaped(tuple(SHAPES), size))]
    assert over(door, documents, times=3) == {}


def test_a_cost_out_of_proportion_is_found(monkeypatch):
    """A door that takes a byte of one document for as long as twenty of another is found, with how often it is."""

    def door(data: bytes) -> None:
        for _ in range(len(data) * (20 if b"uuu" in data else 1) * 4):
            pass

    monkeypatch.setitem(doors.DOORS, "uneven", door)
    documents = shaped(("usual", "letters", "one attribute", "names"), SMALL)
    assert list(costly("uneven", documents)) == [f"one attribute@{SMALL}"]
    assert BASIS.keys() < DOORS.keys()
