"""`-j`, `--executor` and what else says how many processes compile."""

import sys

import pytest
from click.testing import CliRunner, Result

from platform_compiler.cli import jobs as module
from platform_compiler.cli.jobs import Jobs
from platform_compiler.cli.main import platformc
from platform_compiler.scale import dask
from platform_compiler.scale.engine import LostError
from tests.scale.fleets import FIXTURES


def compile_with(*options: str, **variables: str) -> Result:
    command = ["compile", "--check", "--no-cache", "--root", str(FIXTURES / "online-boutique"), *options]
    return CliRunner().invoke(platformc, command, env=variables, auto_envvar_prefix="PLATFORMC")


@pytest.mark.parametrize("number", ["some", "-1", "1.5", ""])
def test_what_is_no_number_of_processes_is_a_usage_error(number: str) -> None:
    result = compile_with("-j", number)
    assert result.exit_code == 2
    assert "neither a number of processes nor `auto`" in result.output
    assert compile_with(PLATFORMC_JOBS=number or "none").exit_code == 2


@pytest.mark.parametrize("address", ["ray://host:1", "dask://", "dask+ssl://host:1", "host:8786"])
def test_what_is_no_scheduler_is_a_usage_error(address: str) -> None:
    result = compile_with("--executor", address)
    assert result.exit_code == 2
    assert "is not dask://HOST:PORT or dask+tls://HOST:PORT" in result.output


def test_where_dask_is_not_installed_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = compile_with("--executor", "dask://127.0.0.1:1")
    assert result.exit_code == 2
    assert "pip install 'platform-compiler[dask]'" in result.output


def test_a_scheduler_out_of_reach_is_trouble_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_CONNECT", 0.2)
    assert isinstance(compile_with("--executor", "dask://127.0.0.1:1").exception, LostError)
    assert issubclass(LostError, OSError), "which the boundary turns into exit code 4"


@pytest.mark.parametrize(
    ("count", "cores", "saved", "processes"),
    [
        (None, 4, 1000.0, 4),
        (None, 4, 100.0, 0),
        (None, 1, 1000.0, 0),
        (0, 3, 100.0, 3),
        (2, 8, 100.0, 2),
        (1, 8, 1000.0, 0),
        (2, 8, 0.0, 0),
    ],
)
def test_processes_are_started_where_they_are_asked_for_or_worth_it(
    count: int | None, cores: int, saved: float, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "cores", lambda: cores)
    with Jobs(count).engine(lambda _: saved) as engine:
        assert (engine.processes if engine else 0) == processes
