"""Turns data that is kept, copied and grown into money."""

from tco_model.expr.ops import window_sum
from tco_model.lines.constants import BYTES_PER_GB, KB_PER_GB, ONE_MONTH, PER_VECTOR
from tco_model.lines.registry import cost_line


@cost_line(category="storage", unit="USD/month")
def stored_data(initial_data, added_data, retention_months, copies, storage_price, active):
    """Data held: what was there and what the last `retention_months` added, in all copies [USD/month]."""
    held = initial_data + window_sum(added_data * active * ONE_MONTH, retention_months)
    return held * (copies * storage_price * active)


@cost_line(category="storage", unit="USD/month")
def vector_index(vectors, dimensions, bytes_per_value, index_overhead, copies, storage_price, active):
    """Vector index held: vectors times their bytes, with the overhead of the index, in all copies [USD/month]."""
    size_per_vector = dimensions * bytes_per_value * index_overhead / BYTES_PER_GB * PER_VECTOR
    return vectors * (size_per_vector * copies * storage_price * active)


@cost_line(category="storage", unit="USD/month")
def stored_logs(requests, retry_share, log_size, retention_months, copies, storage_price, traffic_share, active):
    """Logs of calls held for `retention_months` [USD/month]."""
    written = requests * ((1 + retry_share) * log_size * traffic_share * active / KB_PER_GB * ONE_MONTH)
    return window_sum(written, retention_months) * (copies * storage_price)


LINES = (stored_data, vector_index, stored_logs)
