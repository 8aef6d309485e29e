"""A first conformance run: judge a fake ESIS with the settings that ship for it, and write a report.

For a real system the steps are the same: `uwlr conformance example`, fill in las.toml, set the key, run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from mock_las import MockLas

UWLR = [str(Path(sys.executable).with_name("uwlr")), "conformance"]

with MockLas("esis") as las, TemporaryDirectory() as folder:
    settings, report = Path(folder, "las.toml"), Path(folder, "report.html")

    # What is known of ESIS; the address is the only thing to change, since the fake took a free port.
    command = [*UWLR, "example", "esis"]
    example = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    settings.write_text(example.replace("http://127.0.0.1:8080", las.url), "utf-8")

    key = las.connection("esis").header.autorisatiesleutel
    done = subprocess.run(  # noqa: S603
        [*UWLR, "run", "--config", str(settings), "--report", f"html={report}"],
        env={**os.environ, "UWLR_AUTORISATIESLEUTEL": key},
        check=False,
    )
    print(f"report of {report.stat().st_size:,} bytes; exit code {done.returncode}")
    sys.exit(done.returncode)
