"""Turns people and their hours into loaded cost."""

from tco_model.expr.ops import lag, minimum
from tco_model.lines.constants import MINUTES_PER_HOUR, MONTHS_PER_YEAR
from tco_model.lines.registry import cost_line


@cost_line(category="labour", unit="USD/month", escalates=True)
def staff(fte, salary, on_cost_share, active):
    """People at loaded cost: pay and the employer's cost on top [USD/month]."""
    return fte * (salary * (1 + on_cost_share) * active / MONTHS_PER_YEAR)


@cost_line(category="labour", unit="USD/month", escalates=True)
def staff_with_hiring(fte, salary, on_cost_share, contractor_cost, hiring_lag, active):
    """People at loaded cost, with contractors in the posts that are still open for `hiring_lag` months [USD/month].

    Where fewer people are needed than before, they leave at once.
    """
    needed = fte * active
    hired = minimum(lag(needed, hiring_lag), needed)
    return (hired * (salary * (1 + on_cost_share)) + (needed - hired) * contractor_cost) / MONTHS_PER_YEAR


@cost_line(category="labour", unit="USD/month", escalates=True)
def on_call(on_call_people, on_call_allowance, active):
    """Pay for being on call [USD/month]."""
    return on_call_people * on_call_allowance * active


@cost_line(category="labour", unit="USD/month", escalates=True)
def fleet_toil(replicas, toil_per_replica, salary, on_cost_share, productive_hours, active):
    """Hands-on work that grows with the fleet: upgrades, node faults, capacity [USD/month]."""
    hour_cost = salary * (1 + on_cost_share) / productive_hours
    return replicas * (toil_per_replica * hour_cost * active)


@cost_line(category="labour", unit="USD/month", escalates=True)
def incident_response(frequency, incident_hours, salary, on_cost_share, productive_hours, active):
    """Working hours spent on incidents, in expectation [USD/month]."""
    hour_cost = salary * (1 + on_cost_share) / productive_hours
    return frequency * incident_hours * hour_cost * active / MONTHS_PER_YEAR


@cost_line(category="labour", unit="USD/month", escalates=True)
def unsolved_cases(cases, success_share, handling_minutes, salary, on_cost_share, productive_hours, traffic_share, active):
    """People who take the cases that the machine did not solve: what a lower success share really costs [USD/month]."""
    hour_cost = salary * (1 + on_cost_share) / productive_hours
    return cases * ((1 - success_share) * handling_minutes / MINUTES_PER_HOUR * hour_cost * traffic_share * active)


@cost_line(category="labour", unit="USD/month", escalates=True)
def human_review(cases, review_share, handling_minutes, salary, on_cost_share, productive_hours, traffic_share, active):
    """People who check a share of what the machine did [USD/month]."""
    hour_cost = salary * (1 + on_cost_share) / productive_hours
    return cases * (review_share * handling_minutes / MINUTES_PER_HOUR * hour_cost * traffic_share * active)


@cost_line(category="labour", unit="USD", escalates=True)
def recruiting(fte, recruiting_cost):
    """Hiring people, once [USD]."""
    return fte * recruiting_cost


@cost_line(category="labour", unit="USD", escalates=True)
def training(trainees, training_cost):
    """Teaching people the new way, once [USD]."""
    return trainees * training_cost


LINES = (
    staff, staff_with_hiring, on_call, fleet_toil, incident_response, unsolved_cases, human_review, recruiting, training,
)  # fmt: skip
