"""What a file may make the product do: read no other path, run nothing, ask nobody; held for the engine, formulas, uploads and commands."""

from __future__ import annotations

import ast
import datetime as dt
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tco_model.actuals.load import import_files
from tco_model.actuals.store import Workspace, connect
from tco_model.cli.budget import _tell  # pyright: ignore[reportPrivateUsage]
from tco_model.errors import ScenarioError
from tco_model.finops.alerts import Alert
from tco_model.finops.budget import Checked
from tco_model.finops.budget_rules import Budget
from tests.actuals.bills import charge, write

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "tco_model").rglob("*.py"), *(ROOT / "app").rglob("*.py")])


class TestEngine:
    @pytest.mark.parametrize(
        "query",
        [
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT * FROM read_text('{outside}')",
            "SELECT * FROM '{outside}'",
            "SELECT * FROM read_text('{inside}/../outside.csv')",
            "COPY (SELECT 1) TO '{outside}.copy'",
            "ATTACH '{outside}.db'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "SELECT * FROM read_csv('https://example.com/a.csv')",
            "SET enable_external_access = true",
            "SET allowed_directories = ['/']",
            "SET autoinstall_known_extensions = true",
        ],
    )
    def test_it_reads_and_writes_below_its_folder_alone(self, query: str, tmp_path: Path) -> None:
        (tmp_path / "outside.csv").write_text("secret\n1\n")
        opened = connect(tmp_path / "w")
        with pytest.raises(Exception, match=r"(?i)permission|disabled|locked|cannot|denied"):
            opened.con.execute(query.format(outside=tmp_path / "outside.csv", inside=tmp_path / "w")).fetchall()
        opened.disconnect()
        assert not (tmp_path / "outside.csv.copy").exists()

    def test_a_link_within_the_workspace_leads_nowhere_else(self, tmp_path: Path) -> None:
        """A log of imports that names a file outside is no way out."""
        import_files([write(tmp_path / "a.csv", [charge()])], tmp_path / "w")
        log = tmp_path / "w" / "imports.jsonl"
        entry = json.loads(log.read_text().splitlines()[0])
        outside = tmp_path / "outside.parquet"
        (tmp_path / "w" / entry["parts"][0]["path"]).rename(outside)
        entry["parts"][0] |= {"path": "../outside.parquet", "sha256": ""}  # as a version without checksums wrote it
        log.write_text(json.dumps(entry) + "\n")
        with pytest.raises(Exception, match="lies outside the workspace"):
            Workspace(tmp_path / "w").charges().count().execute()


class TestOddPaths:
    def test_a_circle_of_links(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").symlink_to(tmp_path / "b.csv")
        (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
        with pytest.raises(ScenarioError, match="cannot be read"):
            import_files([tmp_path / "a.csv"], tmp_path / "w")
        with pytest.raises(ScenarioError, match="circle of links"):
            Workspace(tmp_path / "a.csv")

    @pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless file here")
    def test_a_device_and_a_pipe_are_refused_at_once(self, tmp_path: Path) -> None:
        import os

        os.mkfifo(tmp_path / "pipe.csv")
        for path in (Path("/dev/zero"), tmp_path / "pipe.csv"):
            with pytest.raises(ScenarioError, match="a pipe or a device"):
                import_files([path], tmp_path / "w")
        assert not (tmp_path / "w").exists()

    def test_names_that_no_system_has(self, tmp_path: Path) -> None:
        for name in ("a\0b.csv", "x" * 5000):
            with pytest.raises(ScenarioError, match="cannot be read"):
                import_files([tmp_path / name], tmp_path / "w")


def calls(path: Path) -> list[tuple[int, str, ast.Call]]:
    """Every call of a module, with its line and the name called."""
    return [(node.lineno, ast.unparse(node.func), node) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]


BANNED = (
    "eval",
    "exec",
    "compile",
    "__import__",
    "os.system",
    "os.popen",
    "pickle.load",
    "pickle.loads",
    "marshal.loads",
    "yaml.unsafe_load",
)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_runs_text(path: Path) -> None:
    for line, name, call in calls(path):
        assert name not in BANNED, f"{path.name}:{line}: {name}"
        assert not any(word.arg == "shell" for word in call.keywords), f"{path.name}:{line}: a shell"


def test_the_name_of_an_upload_is_never_looked_at() -> None:
    """An upload has a name of its sender's choice; what holds one is asked for its bytes and nothing else."""
    found = [path for path in SOURCES if any(name.endswith("file_uploader") for _, name, _ in calls(path))]
    assert [path.name for path in found] == ["decisions.py"]
    tree = ast.parse(found[0].read_text())
    names = {
        target.id for node in ast.walk(tree) if isinstance(node, ast.Assign) and "file_uploader" in ast.unparse(node.value)
        for target in node.targets if isinstance(target, ast.Name)
    }  # fmt: skip
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names
    }
    assert names and used == {"getvalue"}


def test_a_command_of_the_users_gets_names_on_its_input_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No shell stands between, so neither the words of the command nor a name out of a bill can become another command."""
    told = tmp_path / "told.json"
    script = tmp_path / "hook.py"
    script.write_text(f"import json, sys\njson.dump([sys.argv[1:], sys.stdin.read()], open({str(told)!r}, 'w'))\n")
    monkeypatch.chdir(tmp_path)
    name = "x; touch owned $(touch owned) `touch owned` | cat"
    alert = Alert(name, "2026-05", "actual", "80%", "100")
    budget = Budget.model_validate({"name": name, "amount": "100"})
    checked = Checked(budget, "USD", "2026-05", Decimal(100), Decimal(90), dt.date(2026, 5, 31), 31, 31, None, None)
    assert _tell([alert], [checked], None, f"{sys.executable} {script} ';' 'touch owned' '$(id)'")
    words, given = json.loads(told.read_text())
    assert words == [";", "touch owned", "$(id)"]
    assert "touch" in given and not (tmp_path / "owned").exists()


NOBODY = """
import socket, sys
asked = []
def refuse(*words, **more):
    asked.append(words)
    raise OSError("this test lets nobody be asked")
for name in ("connect", "connect_ex", "sendto", "sendmsg"):
    setattr(socket.socket, name, refuse)
for name in ("getaddrinfo", "gethostbyname", "create_connection"):
    setattr(socket, name, refuse)
from click.testing import CliRunner
from tco_model.cli import main
for line in sys.argv[1:]:
    found = CliRunner().invoke(main, line.split("|"))
    assert found.exit_code in (0, 1), (line, found.output)
assert not asked, asked
print("nobody was asked")
"""


def test_no_command_asks_anybody(tmp_path: Path) -> None:
    scenario, bills, out = str(ROOT / "tests/data/small.yaml"), str(tmp_path / "bills"), str(tmp_path)
    rules = str(tmp_path / "allocation.yaml")
    write(tmp_path / "a.csv", [charge()])
    books = f"{bills}|--rules|{rules}"
    lines = [
        f"check|{scenario}",
        f"compare|{scenario}|--draws|200|--workbook|{out}/a.xlsx",
        f"sensitivity|{scenario}|--draws|200",
        f"report|{scenario}|--draws|200|-o|{out}/a.pdf|-o|{out}/a.html|-o|{out}/a.docx",
        f"export|{scenario}|{out}/e|--draws|200",
        "prices|gpt-5-mini",
        f"actuals|import|{tmp_path / 'a.csv'}|-w|{bills}",
        f"actuals|doctor|{bills}",
        f"actuals|spend|{bills}",
        f"allocate|--starter|--rules|{rules}",
        f"allocate|{books}",
        f"showback|{books}|-o|{out}/s.pdf",
        f"chargeback|{books}",
    ]
    done = subprocess.run([sys.executable, "-c", NOBODY, *lines], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "nobody was asked" in done.stdout, done.stderr[-2000:]
