"""Turns the way there, the time both systems run, and the way back out into one-off and passing costs on the timeline."""

from tco_model.lines.constants import MONTHS_PER_YEAR
from tco_model.lines.registry import cost_line


@cost_line(category="migration", unit="USD", escalates=True)
def project_work(effort, salary, on_cost_share):
    """Work of a project phase in person-months at loaded cost, spread over its phase [USD]."""
    return effort * (salary * (1 + on_cost_share) / MONTHS_PER_YEAR)


@cost_line(category="migration", unit="USD", escalates=True)
def prompt_rework(prompts, hours_per_prompt, salary, on_cost_share, productive_hours):
    """Rework of prompts, evaluations and integrations for another model [USD]."""
    return prompts * hours_per_prompt * (salary * (1 + on_cost_share) / productive_hours)


@cost_line(category="migration", unit="USD/month")
def dual_running(replaced_cost, active):
    """What is replaced runs on beside the new system for the months of the phase [USD/month]."""
    return replaced_cost * active


@cost_line(category="migration", unit="USD")
def data_move(moved_data, transfer_price, copies):
    """Data moved once, as often as it is copied [USD]."""
    return moved_data * transfer_price * copies


LINES = (project_work, prompt_rework, dual_running, data_move)
