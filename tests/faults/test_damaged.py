"""A byte that flips, a file that is cut short or gone: told by the name of the file and what mends it, and mended by importing again."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from tco_model.actuals.doctor import examine
from tco_model.actuals.intact import damaged
from tco_model.actuals.load import import_files
from tco_model.actuals.log import LOG, named, read_log
from tco_model.cli import main
from tco_model.errors import ScenarioError
from tco_model.finops.closing import Booked, closing_text, read_closed
from tests.actuals.bills import charge, held, month, write

RULES = "schema: 1\ncost: BilledCost\nrules:\n  - {name: all, when: {tag:owner: search}, owner: search}\n"


def flipped(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0x10
    file.write_bytes(data)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "flipped": (flipped, "is not what was written: its checksum differs"),
    "cut": (cut, "bytes; .* were written"),
    "gone": (Path.unlink, "is gone"),
}


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of May and June, from an export each, the second with a row set aside."""
    place = tmp_path_factory.mktemp("master")
    june = {"BillingPeriodStart": "2026-06-01", "BillingPeriodEnd": "2026-07-01", "ChargePeriodStart": "2026-06-02"}
    write(place / "may.csv", month(range(1, 9)))
    write(place / "june.csv", [charge(**june, BilledCost=f"{number}") for number in range(1, 6)] + [charge(**june, BilledCost="many")])
    import_files([place / "may.csv"], place / "w")
    import_files([place / "june.csv"], place / "w")
    (place / "allocation.yaml").write_text(RULES)
    return place


@pytest.fixture
def bills(master: Path, tmp_path: Path) -> Path:
    return shutil.copytree(master, tmp_path / "desk") / "w"


def part(bills: Path, period: str) -> Path:
    return next((bills / "charges").glob(f"*{period}/*.parquet"))


class TestAFileOfRows:
    @pytest.mark.parametrize("fault", FAULTS)
    def test_is_told(self, fault: str, bills: Path) -> None:
        damage, said = FAULTS[fault]
        damage(part(bills, "2026-05"))
        with pytest.raises(ScenarioError, match=said):
            held(bills)

    def test_is_told_by_every_command_that_reads_it(self, bills: Path) -> None:
        flipped(part(bills, "2026-05"))
        rules = ["--rules", str(bills.parent / "allocation.yaml")]
        commands = [["actuals", "spend", str(bills)], ["actuals", "import", str(bills.parent / "june.csv"), "-w", str(bills)]]
        commands += [[verb, str(bills), *rules] for verb in ("allocate", "tags", "showback", "chargeback", "anomalies", "decisions")]
        for command in commands:
            done = CliRunner().invoke(main, command)
            assert done.exit_code == 2, (command, done.output)
            assert "2026-05" in done.output and "import may.csv again" in done.output, command

    @pytest.mark.parametrize("fault", ["flipped", "gone"])
    def test_is_mended_by_importing_its_export_again(self, fault: str, bills: Path) -> None:
        before = held(bills)
        FAULTS[fault][0](part(bills, "2026-05"))
        found = examine(bills)
        assert [one.mend for one in found if one.about == "files"] == ["import may.csv again, or put the file back from a copy"]
        outcome = import_files([bills.parent / "may.csv"], bills)[0]
        assert not outcome.unchanged
        assert [row["BilledCost"] for row in held(bills)] == [row["BilledCost"] for row in before]
        assert damaged(bills, read_log(bills / LOG)) == []
        assert {path.relative_to(bills).as_posix() for path in bills.rglob("*.parquet")} == named(read_log(bills / LOG))

    def test_of_rows_set_aside_is_told_by_the_doctor(self, bills: Path) -> None:
        cut(next((bills / "set_aside").iterdir()))
        assert len(held(bills)) == 13
        assert any(one.about == "files" and "june.csv" in one.message for one in examine(bills))
        assert CliRunner().invoke(main, ["actuals", "doctor", str(bills)]).exit_code == 1


class TestTheLog:
    @pytest.mark.parametrize("place", [0.01, 0.3, 0.6, 0.9, 0.995])
    def test_one_wrong_byte_is_told(self, place: float, bills: Path) -> None:
        data = bytearray((bills / LOG).read_bytes())
        data[int(len(data) * place)] ^= 0x01
        (bills / LOG).write_bytes(data)
        self.refused(bills)

    @pytest.mark.parametrize("lines", [0, 1, 2])
    def test_one_cut_short_is_told_and_nothing_is_removed(self, lines: int, bills: Path) -> None:
        text = (bills / LOG).read_text().splitlines(keepends=True)
        (bills / LOG).write_text("".join(text[:lines]))
        self.refused(bills)

    def test_one_that_is_gone_is_told_and_nothing_is_removed(self, bills: Path) -> None:
        (bills / LOG).unlink()
        self.refused(bills)

    def refused(self, bills: Path) -> None:
        files = sorted(bills.rglob("*.parquet"))
        for command in (["actuals", "list", str(bills)], ["actuals", "import", str(bills.parent / "may.csv"), "-w", str(bills)]):
            done = CliRunner().invoke(main, command)
            assert done.exit_code == 2 and LOG in done.output and "put it back from a copy" in done.output, done.output
        assert sorted(bills.rglob("*.parquet")) == files


def test_a_workspace_of_an_older_version_still_opens(bills: Path) -> None:
    """It has neither checksums nor a last line that seals the log."""
    lines = [json.loads(line) for line in (bills / LOG).read_text().splitlines()[:-1]]
    for line in lines:
        line.pop("aside")
        line["parts"] = [{key: value for key, value in one.items() if key not in ("size", "sha256")} for one in line["parts"]]
    (bills / LOG).write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert len(held(bills)) == 13
    assert import_files([bills.parent / "may.csv"], bills)[0].unchanged
    more = {"BillingPeriodStart": "2026-07-01", "BillingPeriodEnd": "2026-08-01", "ChargePeriodStart": "2026-07-02"}
    import_files([write(bills.parent / "july.csv", [charge(**more)])], bills)
    assert len(held(bills)) == 14
    part(bills, "2026-05").write_bytes(b"PAR1 no longer")
    done = CliRunner().invoke(main, ["actuals", "spend", str(bills)])
    assert done.exit_code == 2 and "the bills cannot be read" in done.output


def test_tables_that_no_import_names_are_told_and_stay(bills: Path) -> None:
    stray = part(bills, "2026-05").with_name("00009-copy.parquet")
    stray.write_bytes(part(bills, "2026-05").read_bytes())
    import_files([write(bills.parent / "none.csv", month(range(20, 21), BillingAccountId="B"))], bills)
    assert stray.exists() and len(held(bills)) == 14
    assert any(one.about == "files" and "1 files" in one.message and one.mend for one in examine(bills))


class TestAClosedMonth:
    def test_any_wrong_byte_is_told(self, tmp_path: Path) -> None:
        file = tmp_path / "2026-05.json"
        text = closing_text(Booked("2026-05", (), False, {}))
        for place in (text.index("closed_at") + 15, text.index('"month"') + 12, text.index("sha256") + 12):
            file.write_text(text[:place] + ("7" if text[place] != "7" else "8") + text[place + 1 :])
            with pytest.raises(ScenarioError, match=r"2026-05\.json.*hash differs"):
                read_closed(tmp_path)
        file.write_text(text)
        assert [one.month for one in read_closed(tmp_path)] == ["2026-05"]

    def test_one_of_the_first_version_still_opens(self, tmp_path: Path) -> None:
        lines: list[object] = []
        old = {"schema": 1, "month": "2026-05", "closed_at": "2026-06-03T08:00:00+00:00", "lines": lines}
        (tmp_path / "2026-05.json").write_text(json.dumps(old | {"sha256": hashlib.sha256(json.dumps(lines).encode()).hexdigest()}))
        assert [one.month for one in read_closed(tmp_path)] == ["2026-05"]
