"""The commands of a fresh machine: `run` and `.ci/run` are sound and say what they do."""

from __future__ import annotations

import subprocess

import pytest

from tests.architecture.source import ROOT


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("script", ["run", ".ci/run"])
def test_scripts_are_plain_posix_shell(script: str) -> None:
    assert (ROOT / script).read_text().startswith("#!/bin/sh\n")
    assert _run("sh", "-n", script).returncode == 0


def test_help_names_every_command() -> None:
    told = _run("./run", "help").stdout
    assert all(command in told for command in ("demo", "test", "flask", "texts", "serve"))


def test_an_unknown_command_is_wrong_use() -> None:
    assert _run("./run", "nonsense").returncode == 2


def test_the_libraries_of_a_release_are_locked_with_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().splitlines()
        pinned = [line for line in lines if "==" in line and not line.startswith((" ", "#"))]
        assert len(pinned) > 40
        assert all(line.endswith("\\") for line in pinned), name
