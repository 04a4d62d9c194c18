"""Lists every cost line and every kind of component, in the order of the categories."""

from tco_model.lines import compute, demand, fees, fleet, labour, migration, observability, risk, storage, tokens
from tco_model.lines.registry import CostLine, Kind

LINES: tuple[CostLine, ...] = (
    *tokens.LINES, *compute.LINES, *storage.LINES, *observability.LINES, *labour.LINES, *migration.LINES, *risk.LINES, *fees.LINES,
)  # fmt: skip
KINDS: tuple[Kind, ...] = (*demand.KINDS, *fleet.KINDS)

LINE_BY_NAME: dict[str, CostLine] = {line.name: line for line in LINES}
KIND_BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
