"""Holds the fixed conversions that formulas name, each with its unit, so that no factor is hidden."""

from tco_model.expr.term import Constant

HOURS_PER_MONTH = Constant(730.0, "hour/month", "730 hours a month")
SECONDS_PER_MONTH = Constant(730.0 * 3600.0, "second/month", "2,628,000 seconds a month")
MONTHS_PER_YEAR = Constant(12.0, "month/year", "12 months a year")
TOKENS_PER_MTOKEN = Constant(1e6, "token/Mtoken", "1,000,000 tokens a Mtoken")
KB_PER_GB = Constant(1e6, "KB/GB", "1,000,000 KB a GB")
BYTES_PER_GB = Constant(1e9, "byte/GB", "1,000,000,000 bytes a GB")
SPANS_PER_MSPAN = Constant(1e6, "span/Mspan", "1,000,000 spans a Mspan")
MINUTES_PER_HOUR = Constant(60.0, "minute/hour", "60 minutes an hour")
KWH_PER_KW_HOUR = Constant(1.0, "kWh/kW/hour", "1 kWh a kW and hour")
ONCE_A_MONTH = Constant(1.0, "1/month", "once a month")
ONE_MONTH = Constant(1.0, "month", "1 month")
ONE_TURN = Constant(1.0, "turn/task", "1 turn a task")
ONE_AGENT_TURN = Constant(1.0, "turn/agent", "1 turn an agent")
REQUEST_PER_TURN = Constant(1.0, "request/turn", "1 request a turn")
PER_VECTOR = Constant(1.0, "1/vector", "for each vector")
ROUNDING = Constant(1e-9, "replica/region", "a billionth of a replica")
NO_LOAD = Constant(1e-9, "GPU", "a billionth of a GPU")
ONE_GPU = Constant(1.0, "GPU", "1 GPU")
ONE_REPLICA = Constant(1.0, "replica", "1 replica")
