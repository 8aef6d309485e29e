"""The workflows, forms, hooks and templates for a public project: what can be tried without their hosts."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml
from click.testing import CliRunner

import uwlr
from helpers.needs import ACTIONLINT, require
from uwlr.berichten import LeerlinggegevensAntwoord
from uwlr.cli import main
from uwlr.testing import make_school

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def commands(workflow: Path) -> list[str]:
    """Every command of a workflow, line by line."""
    jobs = yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values()
    return [line for job in jobs for step in job["steps"] for line in step.get("run", "").splitlines()]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_run_what_is_here(workflow: Path) -> None:
    """Each `make` target and each script that a workflow runs exists, so that anybody can run it."""
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = [line.split() for line in commands(workflow)]
    assert {words[1] for words in used if words[0] == "make"} <= targets
    assert [words[0] for words in used if "/" in words[0] and not os.access(ROOT / words[0], os.X_OK)] == []


def test_a_night_and_a_change_run_all_there_is() -> None:
    """Lint, tests, lowest versions, packages, proof and fuzzing each run somewhere."""
    ran = {line.split()[1] for workflow in WORKFLOWS for line in commands(workflow) if line.startswith("make ")}
    assert {"lint", "test", "test-lowest", "build", "site", "proof", "fuzz", "sbom", "release-check"} <= ran


def test_every_python_that_the_package_names_is_tested() -> None:
    """The classifiers, `make test-all` and the matrix have the same versions."""
    named = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d+$", c)]
    jobs = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text("utf-8"))["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == named
    assert f"\nPYTHONS := {' '.join(named)}\n" in (ROOT / "Makefile").read_text("utf-8")


def test_every_database_that_is_tested_is_called_so() -> None:
    """The PostgreSQL of the workflow stands among those of docs/versions.md that are tested."""
    jobs = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text("utf-8"))["jobs"]
    used = jobs["peers"]["services"]["postgres"]["image"].partition(":")[2]
    page = (ROOT / "docs/versions.md").read_text("utf-8")
    [row] = re.findall(r"^\| database of the exchange \|([^|]*)\|", page, re.MULTILINE)
    assert used in re.findall(r"\d+", row)


def test_workflows_pass_actionlint() -> None:
    """The linter for workflows finds nothing."""
    require("actionlint")
    done = subprocess.run(
        ["node", str(ACTIONLINT), ".github/workflows/*.yml"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "3 workflow file(s)" in done.stdout


def test_only_the_version_of_the_changelog_is_released() -> None:
    """`make release-check` takes the tag of this version, which has its part in the changelog, and no other."""
    for tag, expected in ((f"v{PROJECT['version']}", 0), (PROJECT["version"], 2), ("v9.9.9", 2)):
        command = ["make", "release-check", f"TAG={tag}", f"PYTHON={sys.executable}"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == expected, done.stderr


def test_nothing_names_a_registry() -> None:
    """No host of a package or image registry stands in what automates the project."""
    files = [*(ROOT / ".github").rglob("*.*"), *(ROOT / "actions").rglob("*.yml"), *(ROOT / "templates").rglob("*.yml")]
    hosts = re.compile(r"\b(?:pypi\.org|pythonhosted|ghcr\.io|docker\.io|quay\.io|registry\.\w+\.\w+|npmjs)\b")
    more = [ROOT / name for name in ("Makefile", "Dockerfile", ".pre-commit-hooks.yaml", "pyproject.toml")]
    assert [str(file) for file in [*files, *more] if hosts.search(file.read_text("utf-8"))] == []


def test_the_action_leaves_the_python_of_the_job_alone(tmp_path: Path) -> None:
    """Its first step adds the one program to the path of later steps, and no python or pip."""
    action = yaml.safe_load((ROOT / "actions/mock-las/action.yml").read_text("utf-8"))
    step = next(step for step in action["runs"]["steps"] if step["name"] == "Install")
    home, path = tmp_path / "mock-las", tmp_path / "path"
    script = re.sub(r"^.*bin/pip.*$", 'ln -s "$MOCK_LAS" "$HOME_OF_MOCK/bin/mock-las"', step["run"], flags=re.MULTILINE)
    variables = {
        "VERSION": "",
        "HOME_OF_MOCK": str(home),
        "GITHUB_PATH": str(path),
        "MOCK_LAS": str(Path(sys.executable).with_name("mock-las")),
        "PATH": os.environ["PATH"],
    }
    assert set(step["env"]) <= variables.keys()
    done = subprocess.run(
        ["bash", "-e", "-c", script.replace("-m venv", "-m venv --without-pip")],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    [added] = path.read_text("utf-8").splitlines()
    assert [program.name for program in Path(added).iterdir()] == ["mock-las"]
    assert subprocess.run([f"{added}/mock-las", "--version"], capture_output=True, check=True).stdout


def test_the_action_starts_the_fakes(tmp_path: Path) -> None:
    """The step of the action starts fakes that answer, and says where they are."""
    action = yaml.safe_load((ROOT / "actions/mock-las/action.yml").read_text("utf-8"))
    step = next(step for step in action["runs"]["steps"] if step.get("id") == "start")
    script = step["run"].replace(" &\n", f" &\necho $! > '{tmp_path}/pid'\n", 1)
    variables = {
        "MOCK_LAS_PORT": str(_free_port()),
        "MOCK_LAS_SEED": action["inputs"]["seed"]["default"],
        "MOCK_LAS_LEERLINGEN": "3",
        "LOG": str(tmp_path / "log"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_ENV": str(tmp_path / "env"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    assert set(step["env"]) <= variables.keys()
    done = subprocess.run(["bash", "-e", "-c", script], env=variables, capture_output=True, text=True, check=False)
    try:
        assert done.returncode == 0, done.stdout + done.stderr
        url = (tmp_path / "output").read_text("utf-8").strip().removeprefix("url=")
        assert f"MOCK_LAS_URL={url}\n" in (tmp_path / "env").read_text("utf-8")
        with urlopen(f"{url}/__mock__/vendors") as answer:
            assert json.load(answer)
    finally:
        os.kill(int((tmp_path / "pid").read_text("utf-8")), signal.SIGTERM)


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


def test_the_template_for_gitlab_starts_the_fakes_by_variables_that_they_know() -> None:
    """Each variable of the service is one of `mock-las serve`."""
    _, component = yaml.safe_load_all((ROOT / "templates/mock-las.yml").read_text("utf-8"))
    [service] = component[".mock-las"]["services"]
    from mock_las.cli import serve

    known = {option.envvar for option in serve.params}
    assert service["variables"].keys() - {"HEALTHCHECK_TCP_PORT"} <= known


def test_the_hooks_of_pre_commit_judge_files(tmp_path: Path) -> None:
    """Each hook, as it stands there, passes a good invented file and fails or mends a bad one."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    roster = uwlr.write(LeerlinggegevensAntwoord(inhoud=make_school(seed=7, leerlingen=3)))
    bad.write_bytes(roster)
    assert CliRunner().invoke(main, ["anonymise", str(bad), "--out", str(good)]).exit_code == 0
    assert CliRunner().invoke(main, ["format", "--write", str(good)]).exit_code == 0
    said = {}
    for hook in hooks:
        bad.write_bytes(roster.replace(b"<geslacht>", b"<geslacht>x", 1))
        program, *words = hook["entry"].split()
        assert program in PROJECT["scripts"]
        said[hook["id"]] = [CliRunner().invoke(main, [*words, str(file)]).exit_code for file in (good, bad)]
        said[hook["id"]].append(bad.read_bytes() != roster.replace(b"<geslacht>", b"<geslacht>x", 1))
    assert said == {
        "uwlr-validate": [0, 1, False],
        "uwlr-anonymise-check": [0, 1, False],
        "uwlr-format": [0, 0, True],
    }
