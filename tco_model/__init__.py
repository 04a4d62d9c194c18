"""TCO and build-versus-buy comparison of AI and cloud spend: one typed file per decision in, a traceable answer out.

import tco_model as tco
report = tco.compare("scenarios/support_assistant.yaml")
result = tco.simulate(tco.load("scenarios/support_assistant.yaml"))
result.sample("managed", "npv_cost")
"""

from __future__ import annotations

TYPE_CHECKING = False  # what checkers of types take for true; importing typing costs more than all else here
if TYPE_CHECKING:
    from typing import Any

    from tco_model.api import (
        Report,
        Result,
        Scenario,
        ScenarioError,
        check,
        compare,
        diff,
        explain,
        figures,
        frame,
        levers,
        load,
        loads,
        simulate,
        sweep,
        variants,
    )  # fmt: skip

__version__ = "0.1.0"
__all__ = [
    "Report", "Result", "Scenario", "ScenarioError", "__version__", "check", "compare", "diff", "explain", "figures",
    "frame", "levers", "load", "loads", "simulate", "sweep", "variants",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import the library at first use, so that ``import tco_model`` and ``tco --help`` stay light."""
    if name not in __all__:
        raise AttributeError(f"module 'tco_model' has no attribute '{name}'")
    from tco_model import api

    return getattr(api, name)
