"""Live through two school years with a synthetic school, and count what no roster could have told."""

from __future__ import annotations

from collections import Counter

from uwlr.testing import SchoolLife


def main() -> None:
    life = SchoolLife(seed=7, leerlingen=120, lens="numbered")
    happened: Counter[str] = Counter()
    for night in life.nights(years=2):
        happened.update(event.kind for event in night.events)
        for kind, school, place in sorted(night.truth.ambiguous):
            print(f"{night.day} {school}: row {place + 1} of the {kind}en does not tell who it is about")
    print(dict(happened.most_common()))

    spoiled = life.incident("half", share=0.4)
    print(f"{spoiled.incident}: {len(spoiled.answers[0].leerlingen)} pupils, {len(spoiled.truth.enrolled)} at school")


if __name__ == "__main__":
    main()
