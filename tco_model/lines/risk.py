"""Turns what can go wrong into money: how often in a year times what one event costs, and delay."""

from tco_model.lines.constants import HOURS_PER_MONTH
from tco_model.lines.registry import cost_line


@cost_line(category="risk", unit="USD/month")
def incident_loss(incidents, incident_cost, mitigation_effect, active):
    """Loss from events such as outage, breach or model retirement: events of the month times the cost of one [USD/month].

    `incidents` are Poisson draws of ``frequency / 12`` a month and `incident_cost` is drawn from ``severity`` for each month
    with an event; in the central case both are their expected values. Events of one month share one cost per event.
    """
    return incidents * incident_cost * (1 - mitigation_effect) * active


@cost_line(category="risk", unit="USD/month")
def downtime_loss(unavailable_share, downtime_cost, traffic_share, active):
    """Loss from the hours in which the service is down [USD/month]."""
    return unavailable_share * downtime_cost * HOURS_PER_MONTH * traffic_share * active


@cost_line(category="risk", unit="USD")
def schedule_delay(delay, delay_cost):
    """Cost of starting later than planned [USD]."""
    return delay * delay_cost


LINES = (incident_loss, downtime_loss, schedule_delay)
