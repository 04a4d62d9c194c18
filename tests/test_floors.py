"""The house stands on floors: a module imports from floors below its own, never upwards, and the package itself stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "tco_model"
FLOORS = (
    "locks", "files", "charts", "errors", "units", "expr", "inputs", "lines", "serving", "prices", "scenario",
    "engine", "analysis", "actuals", "finops", "report", "exporters", "api", "assistant", "cli", "__main__",
)  # fmt: skip
"""From the ground up. A folder may import the ones before it, and itself."""
MODULES = sorted(PACKAGE.rglob("*.py"))
HEAVY_ALWAYS = {"scipy.stats", "streamlit", "altair", "duckdb", "pandas", "ibis", "pyarrow", "xlsxwriter", "rich"}
HEAVY_FOR_HELP = HEAVY_ALWAYS | {"numpy", "scipy", "pydantic", "ruamel"}


def imported(path: Path) -> list[tuple[int, str]]:
    """Line and name of each import of our own, those inside functions included."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ImportFrom(module=str(module), level=0):
                found.append((node.lineno, module))
            case ast.ImportFrom(level=level):
                assert level == 0, f"{path}: relative import at line {node.lineno}"
            case ast.Import(names=names):
                found.extend((node.lineno, alias.name) for alias in names)
            case _:
                pass
    return [(line, module) for line, module in found if module.split(".")[0] == "tco_model"]


def test_every_module_stands_on_a_floor() -> None:
    rooms = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES} - {"__init__"}
    assert rooms <= set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down_only(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if room == "__init__":
        return
    for line, module in imported(path):
        parts = module.split(".")
        assert len(parts) == 1 or FLOORS.index(parts[1]) <= FLOORS.index(room), f"{path.name}:{line} imports {module}, which stands above"


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=lambda path: path.parent.name)
def test_a_folder_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def loaded_by(code: str) -> set[str]:
    """Names of the modules that a fresh interpreter holds after running `code`."""
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    return set(done.stdout.splitlines())


def test_importing_the_package_and_asking_for_help_stays_light() -> None:
    help_code = (
        "from click.testing import CliRunner\nfrom tco_model.cli import main\nassert CliRunner().invoke(main, ['--help']).exit_code == 0"
    )
    for code in ("import tco_model", help_code):
        assert not loaded_by(code) & HEAVY_FOR_HELP


def test_a_simulation_loads_no_heavy_library() -> None:
    code = "import tco_model as tco\ntco.simulate(tco.load('tests/data/small.yaml'), draws=10)"
    assert not loaded_by(code) & HEAVY_ALWAYS
