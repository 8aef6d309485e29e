"""The exchange on an application's own models: Django, with pupils, groups and staff that were there already.

Where Django is not installed it says so and ends.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from mock_las import MockLas
from uwlr.exchange import Bron, Gegevens, Importer, Koppelingen, Lid, Store
from uwlr.exchange.leden import Soort

try:
    import django
    from django.conf import settings
    from django.db import connection, models, transaction
except ModuleNotFoundError:
    print("Django is not installed: pip install Django")
    sys.exit(0)

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()


class Lidmaatschap(models.Model):
    """Stands for the models of an application; a real one has a model per kind."""

    school = models.CharField(max_length=64)
    soort = models.CharField(max_length=12)
    key = models.CharField(max_length=256, default="")
    eckid = models.CharField(max_length=256, default="")
    naam = models.CharField(max_length=200, default="")
    roepnaam = models.CharField(max_length=200, default="")
    achternaam = models.CharField(max_length=200, default="")
    groepen = models.JSONField(default=list)
    actief = models.BooleanField(default=True)

    class Meta:  # noqa: D106 - as Django has it
        app_label = "voorbeeld"

    def __str__(self) -> str:
        return f"{self.soort} {self.pk}"


class DjangoLeden:
    """What an import asks of the application: what it keeps, what it has, five ways to write, and a transaction."""

    fields = ("key", "eckid", "naam", "roepnaam", "achternaam")

    def __init__(self, school: str) -> None:
        self.school = school

    def transaction(self) -> AbstractContextManager[Any]:
        """All or nothing."""
        return transaction.atomic()

    def find(self, soort: Soort) -> list[Lid]:
        """Give all of one kind."""
        rows = Lidmaatschap.objects.filter(school=self.school, soort=soort).order_by("id")
        return [Lid(id=str(row.pk), actief=row.actief, gegevens=self._read(row)) for row in rows]

    def create(self, soort: Soort, gegevens: Gegevens) -> str:
        """Add one."""
        return str(Lidmaatschap.objects.create(school=self.school, soort=soort, **self._write(gegevens)).pk)

    def update(self, soort: Soort, id: str, gegevens: Gegevens) -> None:  # noqa: A002 - what it is called
        """Change one."""
        self._one(soort, id).update(actief=True, **self._write(gegevens))

    def deactivate(self, soort: Soort, id: str) -> None:  # noqa: A002
        """Make one inactive."""
        self._one(soort, id).update(actief=False)

    def reactivate(self, soort: Soort, id: str) -> None:  # noqa: A002
        """Make one active again, as it was."""
        self._one(soort, id).update(actief=True)

    def forget(self, soort: Soort, id: str) -> None:  # noqa: A002
        """Delete one."""
        self._one(soort, id).delete()

    def _one(self, soort: Soort, pk: str) -> models.QuerySet[Lidmaatschap]:
        return Lidmaatschap.objects.filter(school=self.school, soort=soort, pk=pk)

    def _read(self, row: Lidmaatschap) -> Gegevens:
        return Gegevens(groepen=tuple(row.groepen), **{name: getattr(row, name) or None for name in self.fields})

    def _write(self, gegevens: Gegevens) -> dict[str, Any]:
        return {name: getattr(gegevens, name) or "" for name in self.fields} | {"groepen": gegevens.groepen}


def main() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Lidmaatschap)
    with (
        tempfile.TemporaryDirectory() as folder,
        MockLas(seed=7, leerlingen=20) as las,
        Store(str(Path(folder, "uwlr.db"))) as store,
    ):
        store.upgrade()
        to = las.connection()
        koppelingen = Koppelingen(store)
        koppeling = koppelingen.add(
            naam="De Proef",
            school="school-1",
            vendor="standaard",
            url=to.leerlinggegevens_url,
            bronnen=[Bron(brincode=to.brincode, dependancecode=to.dependancecode)],
            autorisatiesleutel=to.autorisatie.autorisatiesleutel,
            klantcode=to.autorisatie.klantcode,
            klantnaam=to.autorisatie.klantnaam,
        )
        koppelingen.approve(koppeling.id)
        koppeling = koppelingen.enable(koppeling.id)
        importer = Importer(store, leden=lambda koppeling, _: DjangoLeden(koppeling.school))
        plan = importer.plan(koppeling)
        for rij in plan.open_rows:
            plan.choose(rij.nummer, "niet importeren")
        importer.apply(plan)
        print(Lidmaatschap.objects.filter(soort="leerling").count(), "leerlingen in Django")
        assert not importer.plan(koppelingen.get(koppeling.id)).changes


if __name__ == "__main__":
    main()
