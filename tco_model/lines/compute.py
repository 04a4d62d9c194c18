"""Turns GPUs, machines and owned hardware into money: rent, commitments, purchase, power, space, network."""

from tco_model.expr.ops import maximum, total, where, window_sum
from tco_model.lines.constants import HOURS_PER_MONTH, KWH_PER_KW_HOUR, MONTHS_PER_YEAR, ONE_MONTH
from tco_model.lines.registry import cost_line


@cost_line(category="compute", unit="USD/month")
def gpu_rental(gpus, gpu_price, on_share, active):
    """GPUs rented on demand for the hours they are switched on, busy or not [USD/month]."""
    return gpus * (gpu_price * on_share * HOURS_PER_MONTH * active)


@cost_line(category="compute", unit="USD/month")
def gpu_commitment(gpus, committed_gpus, committed_price, gpu_price, on_share, active):
    """Committed GPUs paid for every hour, and what the fleet needs beyond them on demand [USD/month].

    A fleet smaller than the commitment still pays for all of it: the shortfall is part of the cost.
    """
    committed = committed_gpus * committed_price * active
    beyond = maximum(gpus * active - committed_gpus, 0) * (gpu_price * on_share)
    return (committed + beyond) * HOURS_PER_MONTH


@cost_line(category="compute", unit="USD/month")
def hardware_purchase(purchased_gpus, hardware_price):
    """GPUs bought, replacements included, paid in the month of purchase [USD/month]."""
    return purchased_gpus * hardware_price


@cost_line(category="compute", unit="USD/month")
def hardware_residual(purchased_gpus, hardware_price, residual_share, hardware_life, months_to_end, at_end):
    """Value of the hardware at the end of the horizon, a negative cost in the last month [USD/month].

    Each purchase keeps a value that falls in a straight line from its price to `residual_share` of it at the end of its
    life; hardware that was replaced before the end brings its residual value then, counted here without discount gain.
    """
    age = months_to_end / ONE_MONTH
    kept = where(age < hardware_life, 1 - (1 - residual_share) * age / hardware_life, residual_share)
    return -(total(purchased_gpus * hardware_price * kept) * at_end)


@cost_line(category="compute", unit="USD/month", memo=True)
def hardware_depreciation(purchased_gpus, hardware_price, residual_share, hardware_life):
    """Straight-line depreciation of what was paid, the book view of the same money; not added to cash [USD/month]."""
    return window_sum(purchased_gpus * hardware_price, hardware_life) * (1 - residual_share) / hardware_life


@cost_line(category="compute", unit="USD/month", escalates=True)
def hardware_maintenance(gpus, hardware_price, maintenance_share, active):
    """Maintenance contract and spares of owned hardware [USD/month]."""
    return gpus * (hardware_price * maintenance_share * active / MONTHS_PER_YEAR)


@cost_line(category="compute", unit="USD/month", escalates=True)
def electricity(gpus, power_per_gpu, power_usage_effectiveness, electricity_price, on_share, active):
    """Energy of owned GPUs and their servers, cooling and losses included through PUE [USD/month]."""
    energy_cost = power_per_gpu * power_usage_effectiveness * HOURS_PER_MONTH * KWH_PER_KW_HOUR * electricity_price
    return gpus * (energy_cost * on_share * active)


@cost_line(category="compute", unit="USD/month", escalates=True)
def colocation(gpus, power_per_gpu, colocation_price, active):
    """Rent of rack space and power capacity, paid by the kW held and not by use [USD/month]."""
    return gpus * (power_per_gpu * colocation_price * active)


@cost_line(category="compute", unit="USD/month")
def machine_hours(machines, machine_price, on_share, active):
    """Machines on demand for the hours they are switched on [USD/month]."""
    return machines * (machine_price * on_share * HOURS_PER_MONTH * active)


@cost_line(category="compute", unit="USD/month")
def machine_commitment(machines, committed_machines, committed_machine_price, machine_price, on_share, active):
    """Machines under a savings plan paid for every hour, the rest on demand for the hours they run [USD/month].

    Switching machines off saves only what is not committed: the plan is paid on.
    """
    beyond = maximum(machines - committed_machines, 0) * (machine_price * on_share)
    return (committed_machines * committed_machine_price + beyond) * (HOURS_PER_MONTH * active)


@cost_line(category=None, unit="USD/month")
def service_units(units, unit_hour_price, on_share, active):
    """Services billed by the unit and hour: gateways, clusters, databases, load balancers, index nodes [USD/month]."""
    return units * (unit_hour_price * on_share * HOURS_PER_MONTH * active)


@cost_line(category=None, unit="USD/month")
def data_transfer(transferred_data, transfer_price, traffic_share, active):
    """Data moved out of a zone, a region or the cloud [USD/month]."""
    return transferred_data * (transfer_price * traffic_share * active)


LINES = (
    gpu_rental, gpu_commitment, hardware_purchase, hardware_residual, hardware_depreciation, hardware_maintenance, electricity,
    colocation, machine_hours, machine_commitment, service_units, data_transfer,
)  # fmt: skip
