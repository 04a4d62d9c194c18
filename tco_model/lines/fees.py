"""Turns subscriptions, seats, support plans and promises to vendors into money; the plain amounts serve every category."""

from tco_model.expr.ops import maximum
from tco_model.lines.registry import cost_line


@cost_line(category=None, unit="USD/month")
def monthly_fee(monthly_amount, active):
    """An amount paid every month [USD/month]."""
    return monthly_amount * active


@cost_line(category=None, unit="USD")
def one_off(amount):
    """An amount paid once, spread over the months of its phases [USD]."""
    return amount


@cost_line(category=None, unit="USD/month")
def seat_licences(seats, seat_price, active):
    """Licences by the named user [USD/month]."""
    return seats * seat_price * active


@cost_line(category="fees", unit="USD/month")
def support_plan(spend, fee_share, minimum_fee, active):
    """A fee charged as a share of other spend, with a minimum: support plans, marketplace and reseller fees [USD/month]."""
    return maximum(spend * fee_share, minimum_fee) * active


@cost_line(category="fees", unit="USD/month")
def commitment_shortfall(spend, committed_spend, active):
    """What is still owed where spend stays below what was promised to the vendor [USD/month]."""
    return maximum(committed_spend - spend, 0) * active


LINES = (monthly_fee, one_off, seat_licences, support_plan, commitment_shortfall)
