"""Turns calls, machines and users into what it costs to see what the system does."""

from tco_model.lines.constants import KB_PER_GB, SPANS_PER_MSPAN
from tco_model.lines.registry import cost_line


@cost_line(category="observability", unit="USD/month")
def trace_ingest(requests, retry_share, spans_per_request, sampling_share, span_price, traffic_share, active):
    """Trace spans of the sampled calls [USD/month]."""
    spans = (1 + retry_share) * spans_per_request * sampling_share / SPANS_PER_MSPAN
    return requests * (spans * span_price * traffic_share * active)


@cost_line(category="observability", unit="USD/month")
def log_ingest(requests, retry_share, log_size, ingest_price, traffic_share, active):
    """Logs of calls taken in by the logging service [USD/month]."""
    return requests * ((1 + retry_share) * log_size * ingest_price * traffic_share * active / KB_PER_GB)


@cost_line(category="observability", unit="USD/month")
def gpu_host_monitoring(gpus, gpus_per_host, host_price, active):
    """Monitoring agents on GPU servers, by the server [USD/month]."""
    return gpus / gpus_per_host * (host_price * active)


@cost_line(category="observability", unit="USD/month")
def host_monitoring(machines, host_price, active):
    """Monitoring agents by the machine [USD/month]."""
    return machines * (host_price * active)


LINES = (trace_ingest, log_ingest, gpu_host_monitoring, host_monitoring)
