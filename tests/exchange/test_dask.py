"""A night on a Dask cluster of processes, with PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
from click.testing import CliRunner

from uwlr.cli import main
from uwlr.exchange import Bron, Koppelingen, Store

pytestmark = pytest.mark.filterwarnings("default")  # what a cluster says while it starts and ends is not ours


@pytest.fixture
def cluster_of():
    """What starts a cluster on this machine; its import costs a third of a second, here only where it is needed."""
    from distributed import LocalCluster

    return partial(LocalCluster, processes=True, dashboard_address=None, host="127.0.0.1")


def test_a_night_on_dask(postgres_url, las, couple, cluster_of):
    """Workers in other processes do all koppelingen, each once."""
    las.set_clock(now=datetime.now(UTC), frozen=False)
    with Store(postgres_url) as store:
        store.upgrade()
        for number in range(6):
            brincode = f"9{number}DA"
            las.add_school(brincode=brincode, leerlingen=5)
            key = las.activate(brincode=brincode).autorisatiesleutel
            places = [Bron(brincode=brincode, dependancecode="00")]
            couple(store, school=brincode, bronnen=places, autorisatiesleutel=key)
        before = len(las.exchanges(operation="HaalLeerlinggegevens"))
        with cluster_of(n_workers=2, threads_per_worker=2) as cluster:
            address = cluster.scheduler_address.removeprefix("tcp://")
            arguments = ["nightly", "--store", postgres_url, "--executor", f"dask://{address}", "--workers", "4"]
            done = CliRunner().invoke(main, arguments, standalone_mode=False)
        assert done.exception is None, done.output
        assert "controleren 6" in done.stdout
        assert len(las.exchanges(operation="HaalLeerlinggegevens")) - before == 6
        assert all(koppeling.laatste_nacht for koppeling in Koppelingen(store).all())


def test_a_cluster_without_workers_is_told(postgres_url, monkeypatch, cluster_of):
    """A scheduler that has no workers, and an address without a scheduler, end a night with a message."""
    monkeypatch.setattr("uwlr.cli.nights._WORKERS_WITHIN", 0.5)
    with Store(postgres_url) as store:
        store.upgrade()
    with cluster_of(n_workers=0) as empty:
        address = empty.scheduler_address.removeprefix("tcp://")
        done = CliRunner().invoke(main, ["nightly", "--store", postgres_url, "--executor", f"dask://{address}"])
    assert (done.exit_code, "has no workers" in done.stderr) == (3, True)
