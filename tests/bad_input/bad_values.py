"""Bad values: numbers, units, intervals, laws, paths, provenance and plain settings, each refused at its own field."""

from __future__ import annotations

from tests.bad_input.case import Case, values

TOKENS = "input_tokens: 1500 to 2500 tokens/request"
NUMBERS = values(
    TOKENS,
    "demand.live.input_tokens",
    (".nan", "'.nan' is not a finite number", "finite number", "1500 token/request"),
    (".NaN", "'.NaN' is not a finite number", "finite number"),
    (".inf", "'.inf' is not a finite number", "finite number"),
    ("-.inf", "'-.inf' is not a finite number", "finite number"),
    ("nan", "'nan' is not a finite number", "12.5 token/request", "12.5 token/request"),
    ("inf", "'inf' is not a finite number", "12.5 token/request"),
    ("infinity tokens/request", "'infinity tokens/request' is not a finite number", "12.5 token/request"),
    ("1e400", "'1e400' is too large a number", "1.2M", "1.2M token/request"),
    ("-1e999", "'-1e999' is too large a number", "1.2M"),
    ("1e400 tokens/request", "'1e400 tokens/request' is not a finite number", "finite number"),
    ("9" * 5000, "…' is too large a number", "1.2M"),
    ("9" * 310, "…' is too large a number", "1.2M"),
    ("1" + "0" * 299, "is too large a number to be meant", "between 1e-30 and 1e+30"),
    ("1e31 tokens/request", "'1e31 tokens/request' is too large a number to be meant", "between 1e-30 and 1e+30"),
    ("1e-31 tokens/request", "'1e-31 tokens/request' is too small a number to be meant", "or 0", "0 tokens/request"),
    ("true", "'True' is not a quantity", "12.5 token/request"),
    ("false", "'False' is not a quantity", "12.5 token/request"),
    ("yes", "'yes' does not start with a number", "12.5 token/request"),
    ("no", "'no' does not start with a number", "12.5 token/request"),
    ("on", "'on' does not start with a number", "12.5 token/request"),
    ("~", "nothing is not a quantity", "12.5 token/request"),
    ("", "nothing is not a quantity", "12.5 token/request"),
    ('""', "the value is empty", "12.5 token/request"),
    ('"   "', "the value is empty", "12.5 token/request"),
    ("[1500]", "'[1500]' is not a quantity", "12.5 token/request"),
    ("[]", "'[]' is not a quantity", "12.5 token/request"),
    ("2026-11-01", "'2026-11-01' is not a quantity", "12.5 token/request"),
    ("9999-99-99", "'9999-99-99' is not a day of the calendar", "2026-11-01"),
    ("2026-02-30", "'2026-02-30' is not a day of the calendar", "2026-11-01"),
    ("a lot", "'a lot' does not start with a number", "12.5 token/request"),
    ("unknown", "'unknown' does not start with a number", "pert(low, mode, high)"),
    ("~1500 tokens/request", "'~1500 tokens/request' does not start with a number", "12.5 token/request"),
    ("about 1500 tokens/request", "'about 1500 tokens/request' does not start with a number", "10 to 20 token/request"),
    ("<1500 tokens/request", "'<1500 tokens/request' does not start with a number", "10 to 20 token/request"),
    ("0x_", "'0x_' holds an unknown unit 'x'", "write the unit as token/request"),
    ("0x1F tokens/request", "'0x1F tokens/request' holds an unknown unit", "write the unit as token/request"),
    ("0o17", "'0o17' holds an unknown unit 'o'", "write the unit as token/request"),
    ("1:30", "'1:30' has a ':' where none is read", "1.5 hours"),
    ("1,5 tokens/request", "'1,5 tokens/request' has a comma", "1.5", "1.5 tokens/request"),
    ("1.500,00 tokens/request", "'1.500,00 tokens/request' has a comma", "1,500"),
    ("1.500.000 tokens/request", "'1.500.000 tokens/request' has two decimal points", "1,500"),
    ("1 500 tokens/request", "'1 500 tokens/request' has a space inside a number", "1,500", "1,500 tokens/request"),
    ("1\u202f500 tokens/request", "'1 500 tokens/request' has a space inside a number", "1,500"),
    ("1,00,000 tokens/request", "'1,00,000 tokens/request' has a comma", "1,500"),
    ("1500+ tokens/request", "'1500+ tokens/request' has a + where none is read", "5k to 20k"),
    ("--5 tokens/request", "'--5 tokens/request' does not start with a number", "12.5 token/request"),
    ("1500 tokens/request; drop", "'1500 tokens/request; drop'", "write"),
    ("5k k tokens/request", "'5k k tokens/request' holds an unknown unit 'k'", "write the unit as token/request"),
)  # fmt: skip

UNITS = values(
    TOKENS,
    "demand.live.input_tokens",
    ("1500", "'1500' is without a unit; token/request is needed", "token/request", "1500 token/request"),
    ("-5 tokens/request", "'-5 tokens/request' leaves the range at least 0", "at least 0 token/request", "0 token/request"),
    ("−5 tokens/request", "'−5 tokens/request' leaves the range at least 0", "at least 0 token/request"),
    ("1500 requests/token", "'1500 requests/token' is in request/token; token/request is needed", "token/request"),
    ("1500 tokens/month", "is in token/month; token/request is needed", "write it in token/request"),
    ("1500 USD/month", "is in USD/month; token/request is needed", "write it in token/request"),
    ("15%", "'15%' is without a unit; token/request is needed", "write it in token/request"),
    ("1500 tokns/request", "unknown unit 'tokns'", "did you mean 'token'?"),
    ("1500 tokens/reqest", "unknown unit 'reqest'", "did you mean 'request'?"),
    ("1500 tokens per", "'1500 tokens per': a unit is missing after 'per'", "write the unit as token/request"),
    ("1500 tokens/request/fortnight", "unknown unit 'fortnight'", "write the unit as token/request"),
    ("1500 GB^9999999999", "a unit is raised to 4 at most", "write the unit as token/request"),
    ("1500 GB^99/byte^99", "a unit is raised to 4 at most", "write the unit as token/request"),
    ("1500 tokens/request^x", "the exponent 'x' is not a whole number", "write the unit as token/request"),
    ("1500 tokens/request?", "unknown unit '?'", "write the unit as token/request"),
    ("1500 µtokens/request", "unknown unit 'µ'", "write the unit as token/request"),
    ("$1500/request", "is in USD/request; token/request is needed", "token/request"),
    ("1500 percent", "'1500 percent' has % where none is read", "right after the number"),
    ("1500 tokens%/request", "'1500 tokens%/request' has % where none is read", "right after the number"),
)
PRICES = values(
    "output_price: 10 USD/Mtoken",
    "options.managed.token.api.output_price",
    ("-10 USD/Mtoken", "'-10 USD/Mtoken' leaves the range at least 0", "at least 0 USD/Mtoken", "0 USD/Mtoken"),
    ("$2.20/Mtoke", "unknown unit 'Mtoke'", "did you mean 'Mtoken'?"),
    ("10 EUR", "'10 EUR' is in EUR; EUR/Mtoken is needed", "EUR/Mtoken", "10 EUR/Mtoken"),
    ("10 USD per 1k tokens", "'10 USD per 1k tokens' has a number in its unit", "USD/ktoken", "10 USD/ktoken"),
    ("10 USD per million tokens", "'10 USD per million tokens' has a number in its unit", "USD/Mtoken", "10 USD/Mtoken"),
    ("$10 USD/Mtoken", "'$10 USD/Mtoken' names its currency twice", "either the sign or USD", "$10/Mtoken"),
    ("10 GBP/Mtoken", "'10 GBP/Mtoken' is in GBP and the scenario in USD", "add exchange_rates: {GBP: 1.1 USD/GBP}"),
    ("£10/Mtoken", "'£10/Mtoken' is in GBP and the scenario in USD", "add exchange_rates: {GBP: 1.1 USD/GBP}"),
    ("10 XYZ/Mtoken", "unknown unit 'XYZ'", "write the unit as USD/Mtoken"),
    ("10 usd", "unknown unit 'usd'", "did you mean 'USD'?", "10 USD/Mtoken"),
    ("free", "'free' does not start with a number", "12.5 USD/Mtoken"),
    ("-10 to -5 USD/Mtoken", "both ends must lie above 0", "uniform"),
    ("-1 to 5 USD/Mtoken", "both ends must lie above 0", "uniform(low, high)"),
    ("normal(10, 2) USD/Mtoken", "'normal(10, 2) USD/Mtoken' leaves the range at least 0", "pert(low, mode, high)", "lognormal(10, 2) USD/Mtoken"),
    ("uniform(-1, 10) USD/Mtoken", "'uniform(-1, 10) USD/Mtoken' leaves the range at least 0", "at least 0", "uniform(0, 10) USD/Mtoken"),
    ("pert(-1, 2, 3) USD/Mtoken", "'pert(-1, 2, 3) USD/Mtoken' leaves the range", "at least 0 USD/Mtoken"),
)  # fmt: skip
SHARES = values(
    "retry_share: 2%",
    "demand.live.retry_share",
    ("1100%", "'1100%' leaves the range between 0 and 10", "between 0 and 10"),
    ("-1%", "'-1%' leaves the range between 0 and 10", "between 0 and 10"),
    ("2 USD", "'2 USD' is in USD", "write it in 1"),
) + values(
    "cache_hit_share: 80%",
    "demand.agents.cache_hit_share",
    ("101%", "'101%' leaves the range between 0 and 1", "between 0 and 1", "1"),
    ("80", "'80' leaves the range between 0 and 1", "between 0 and 1"),
    ("1.2", "'1.2' leaves the range between 0 and 1", "between 0 and 1"),
    ("0% to 50%", "both ends must lie between 0 and 1, not on it", "pert(0, mode, 0.5)", "pert(0, 0.2, 0.5)"),
    ("90% to 100%", "both ends must lie between 0 and 1, not on it", "uniform(low, high)", "uniform(0.9, 1)"),
    ("62% to 171%", "both ends must lie between 0 and 1", "pert"),
    ("62% to 71", "gives % at one end only", "write '62% to 71%'", "62% to 71%"),
    ("62-71%", "'62-71%' is not an interval", "with 'to'", "62 to 71%"),
    ("normal(50%, 10%)", "leaves the range between 0 and 1", "pert(low, mode, high)", "pert(30%, 50%, 70%)"),
    ("pert(10%, 20, 30)", "has % at some of its numbers only", "after each number", "pert(10%, 20%, 30%)"),
    ("pert(10, 20, 30) %", "'pert(10, 20, 30) %' has % where none is read", "pert(10%, 20%, 30%)", "pert(10%, 20%, 30%)"),
    ("25 percent", "'25 percent' has % where none is read", "25%", "25%"),
    ("beta(0, 1)", "'beta(0, 1)'", ""),
    ("{value: 80, unit: share}", "leaves the range between 0 and 1", "between 0 and 1", '{value: 80, unit: "%"}'),
)  # fmt: skip
INTERVALS = values(
    TOKENS,
    "demand.live.input_tokens",
    ("2500 to 1500 tokens/request", "the low end must come first", "1500 to 2500", "1500 to 2500 tokens/request"),
    ("1500 to 1500 tokens/request", "the ends of an interval must differ", "1500", "1500 tokens/request"),
    ("1500-2500 tokens/request", "'1500-2500 tokens/request' is not an interval", "with 'to'", "1500 to 2500 tokens/request"),
    ("1500 - 2500 tokens/request", "'1500 - 2500 tokens/request' is not an interval", "with 'to'"),
    ("1500..2500 tokens/request", "'1500..2500 tokens/request' is not an interval", "with 'to'"),
    ("1500 ± 200 tokens/request", "'1500 ± 200 tokens/request' is not an interval", "90 to 110"),
    ("1500 +/- 200 tokens/request", "'1500 +/- 200 tokens/request' is not an interval", "normal(mean, sd)"),
    ("1500 tokens/request to 2500 tokens/request", "has a unit inside the interval", "once, at the end", "1500 to 2500 tokens/request"),
    ("1500 to 2000 to 2500 tokens/request", "has a unit inside the interval", "5k to 20k"),
    ("1500 to", "'1500 to' does not start with a number", "10 to 20"),
    ("to 2500", "'to 2500' does not start with a number", "10 to 20"),
    ("1500 to many", "'1500 to many' does not start with a number", "10 to 20"),
    ("0 to 2500 tokens/request", "both ends must lie above 0", "pert(0, mode, 2500)", "pert(0, 1000, 2500) tokens/request"),
    ("1 to 1e29 tokens/request", "'1 to 1e29 tokens/request'", ""),
)
LAWS = values(
    "output_tokens: pert(150, 220, 400) tokens/request",
    "demand.live.output_tokens",
    ("pert(400, 220, 150) tokens/request", "low <= mode <= high must hold", "swap", "pert(150, 220, 400) tokens/request"),
    ("pert(150, 500, 400) tokens/request", "low <= mode <= high must hold", ""),
    ("pert(150, 150, 150) tokens/request", "'pert(150, 150, 150)'", "150", "150 tokens/request"),
    ("pert(150, 220) tokens/request", "pert takes 3 numbers, not 2", "pert(low, mode, high)", "pert(150, 180, 220) tokens/request"),
    ("pert(150, 220, 400, 4) tokens/request", "pert takes 3 numbers, not 4", "pert(low, mode, high)"),
    ("pert() tokens/request", "pert takes 3 numbers, not 0", "pert(low, mode, high)"),
    ("pert(150,, 400) tokens/request", "pert takes 3 numbers, not 2", "pert(low, mode, high)"),
    ("pert(150 tokens, 220 tokens, 400 tokens)", "'150 tokens' inside a law is more than a number", "after the bracket"),
    ("pert(a, b, c) tokens/request", "'a' does not start with a number", "12.5"),
    ("pert(nan, 220, 400) tokens/request", "'nan' is not a finite number", "12.5"),
    ("pert(150, 220, 400", "'pert(150, 220, 400' does not start with a number", "pert(low, mode, high)"),
    ("pert(150, (220), 400) tokens/request", "does not start with a number", "pert(low, mode, high)"),
    ("prt(150, 220, 400) tokens/request", "unknown distribution 'prt'", "did you mean 'pert'?"),
    ("trianglar(150, 220, 400) tokens/request", "unknown distribution 'trianglar'", "did you mean 'triangular'?"),
    ("PERT(150, 220, 400) tokens/request", "unknown distribution 'PERT'", "did you mean 'pert'?"),
    ("weibull(150, 2) tokens/request", "unknown distribution 'weibull'", "write one of pert"),
    ("system(1) tokens/request", "unknown distribution 'system'", "write one of pert"),
    ("triangular(400, 220, 150) tokens/request", "'triangular(400, 220, 150)'", ""),
    ("uniform(400, 150) tokens/request", "'uniform(400, 150)'", "", "uniform(150, 400) tokens/request"),
    ("uniform(150, 150) tokens/request", "'uniform(150, 150)'", ""),
    ("lognormal(220, -5) tokens/request", "'lognormal(220, -5)'", ""),
    ("lognormal(-220, 5) tokens/request", "'lognormal(-220, 5)'", ""),
    ("lognormal(220, 0) tokens/request", "'lognormal(220, 0)'", ""),
    ("normal(220, -5) tokens/request", "'normal(220, -5)'", ""),
    ("poisson(-3) tokens/request", "'poisson(-3)'", ""),
    ("poisson(1e20) tokens/request", "'poisson(1e20)'", ""),
    ("bernoulli(150%) tokens/request", "'bernoulli(150%)'", ""),
    ("discrete(1, 2) tokens/request", "'discrete(1, 2)' needs a share for each value", "discrete(1: 30%, 2: 70%)", '"discrete(150: 30%, 220: 70%) tokens/request"'),
    ('"discrete(150: 30%, 220: 90%) tokens/request"', "'discrete(150: 30%, 220: 90%)'", ""),
    ('"discrete(150: -30%, 220: 130%) tokens/request"', "'discrete(150: -30%, 220: 130%)'", ""),
    ('"discrete(150: x) tokens/request"', "'x' does not start with a number", "12.5"),
    ("discrete() tokens/request", "'discrete()' needs a share for each value", "discrete(1: 30%, 2: 70%)"),
    ("normal(1e29, 1e40) tokens/request", "'1e40' is too large a number to be meant", "1e+30"),
    ("pert(150, 220, 400) tokens", "is in token; token/request is needed", "token/request"),
)  # fmt: skip
RANGES = (
    values(
        "turns: pert(3, 6, 12) turns/task",
        "demand.agents.turns",
        ("0.5 turns/task", "'0.5 turns/task' leaves the range at least 1", "at least 1 turn/task", "1 turn/task"),
        ("1 to 5 turns/task", "both ends must lie above 1", "pert(1, mode, 5)", "pert(1, 2, 5) turns/task"),
    )
    + values(
        "output_tokens_per_second: 2000 token/second/replica",
        "options.hosted.fleets.main.output_tokens_per_second",
        ("0 token/second/replica", "output_tokens_per_second must be above 0", "above 0", "1 token/second/replica"),
        ("2000 token/second", "is in token/second; token/replica/second is needed", "token/replica/second"),
    )
    + values(
        "target_utilisation: 70%",
        "options.hosted.fleets.main.target_utilisation",
        ("99%", "'99%' leaves the range between 0 and 0.95", "between 0 and 0.95", "0.95"),
        ("0%", "target_utilisation must be above 0", "above 0"),
    )
    + values(
        "peak_to_mean: 2.5 to 3.5",
        "options.hosted.fleets.main.peak_to_mean",
        ("0.5", "'0.5' leaves the range at least 1", "at least 1", "1"),
        ("30%", "'30%' leaves the range at least 1", "at least 1"),
    )
    + values(
        "severity: 5k to 80k USD/event",
        "options.managed.risk.outage.severity",
        ("{start: 5k USD/event, growth: 5%/year}", "a severity is a number or a distribution, not a path", "20k to 200k USD/event"),
        ("5k to 80k USD", "is in USD; USD/event is needed", "USD/event", "5k to 80k USD/event"),
    )
    + values(
        "availability: 99.9%",
        "options.managed.promises.availability",
        ("100.1%", "'100.1%' leaves the range between 0 and 1", "between 0 and 1"),
        ("99.9", "'99.9' leaves the range between 0 and 1", "between 0 and 1", "99.9%"),
        ("three nines", "'three nines' does not start with a number", "12.5"),
    )
    + values(
        "latency: 1.5 second",
        "options.managed.promises.latency",
        ("1.5", "'1.5' is without a unit; second is needed", "second", "1.5 second"),
        ("-1 second", "'-1 second' leaves the range", "second"),
        ("1.5 sekunden", "unknown unit 'sekunden'", ""),
    )
)
SETTINGS = values(
    "retention_months: 13",
    "options.managed.storage.logs.retention_months",
    ("0", "'0' is not a whole number of months between 1 and 600", "retention_months: 12", "12"),
    ("-3", "'-3' is not a whole number of months", "retention_months: 12"),
    ("13.5", "'13.5' is not a whole number of months", "retention_months: 12"),
    ("601", "'601' is not a whole number of months between 1 and 600", "retention_months: 12"),
    ("1 to 5", "'1 to 5' is not a whole number of months", "retention_months: 12"),
    ("forever", "'forever' is not a whole number of months", "retention_months: 12"),
    ("= pay", "'= pay' is not a whole number of months", "retention_months: 12"),
    ("13 GB", "'13 GB' is not a whole number of months", "retention_months: 12"),
    ("true", "'True' is not a whole number of months", "retention_months: 12"),
)
GROWTH = "growth: 10% to 60%/year"
PATHS = (
    values(
        GROWTH,
        "inputs.cases.growth",
        ("20%", "'20%' is not a yearly rate", "growth: 20%/year", "20%/year"),
        ("20", "'20' is not a yearly rate", "growth: 20%/year"),
        ("20/year", "'20/year' grows more than elevenfold a year", "growth: 20%/year", "20%/year"),
        ("20%/quarter", "unknown unit 'quarter'", ""),
        ("20%/week", "'20%/week' is not a yearly rate", "growth: 20%/year"),
        ("1% to 2%/month", "'1% to 2%/month' is not a yearly rate", "growth: 20%/year"),
        ("-120%/year", "'-120%/year' can shrink by more than 100% a year", "pert(-40%, -20%, 0%)/year", '"pert(-40%, -20%, 0%)/year"'),
        ("fast", "'fast' does not start with a number", "12.5 1/year"),
        ("= pay", "'= pay' is a formula and cannot be part of a path", "write a number"),
    )
    + values(
        "start: 50k to 80k cases/month",
        "inputs.cases.start",
        ("= pay", "'= pay' is a formula and cannot be part of a path", "write a number"),
        ("many", "'many' does not start with a number", "12.5"),
        ("{value: 5}", "a mapping inside a value is not a quantity", "12.5"),
    )
    + [
        Case(GROWTH, "value: 5", "inputs.cases.start", "value and start stand together", "keep one of value, start", at="start: 50k"),
        Case("start: 50k to 80k cases/month", "value: 50k cases/month", "inputs.cases.growth", "'growth' needs 'start', not 'value'",
             "start: in place of value:", "start: 50k cases/month", at=GROWTH),
        Case(GROWTH, f"{GROWTH}\n    volatility: -10%/year", "inputs.cases.volatility", "'-10%/year' is not one number between 0%", "15%/year",
             f"{GROWTH}\n    volatility: 15%/year", at="volatility"),
        Case(GROWTH, f"{GROWTH}\n    volatility: 10% to 20%/year", "inputs.cases.volatility", "'10% to 20%/year' is not one number", "15%/year", at="volatility"),
        Case(GROWTH, f"{GROWTH}\n    volatility: 15/year", "inputs.cases.volatility", "'15/year' is not one number between 0% and 500%", "15%/year", at="volatility"),
        Case(GROWTH, f"{GROWTH}\n    volatilty: 10%/year", "inputs.cases.volatilty", "unknown key 'volatilty' in a quantity", "did you mean 'volatility'?", at="volatilty"),
        Case(GROWTH, f"{GROWTH}\n    unit: cases/month", "inputs.cases.unit", "has a unit beside 'unit: cases/month'", "write the unit once", at="    unit: cases"),
        Case(GROWTH, f"{GROWTH}\n    unit: 5", "inputs.cases.unit", "'5' is not a unit", "USD/month", at="    unit: 5"),
    ]
    + values(
        "fee: {steps: {2026-06: 1000 USD/month, 2027-07: 1200 USD/month}}",
        "inputs.fee.steps",
        ("{steps: 5}", "'5' is not a mapping of months to values", "2027-01: 10"),
        ("{steps: {}}", "'{}' is not a mapping of months to values", "2027-01: 10"),
        ("{steps: [1, 2]}", "'[1, 2]' is not a mapping of months to values", "2027-01: 10"),
        ("{steps: {2027-01: 10 USD/month, 2027-07: 20 USD}}", "steps mixes the units USD and USD/month", "write all in"),
    )
    + values(
        "fee: {steps: {2026-06: 1000 USD/month, 2027-07: 1200 USD/month}}",
        "inputs.fee.steps.2027-13",
        ("{steps: {2027-01: 10 USD/month, 2027-13: 20 USD/month}}", "'2027-13' is not a month", "2027-04",
         "{steps: {2027-01: 10 USD/month, 2027-04: 20 USD/month}}"),
    )
    + values(
        "fee: {steps: {2026-06: 1000 USD/month, 2027-07: 1200 USD/month}}",
        "inputs.fee.steps.2026-06",
        ("{steps: {2027-07: 1200 USD/month, 2026-06: 1000 USD/month}}", "'2026-06' does not come after", "in order",
         "{steps: {2026-06: 1000 USD/month, 2027-07: 1200 USD/month}}"),
    )
    + values(
        "fee: {steps: {2026-06: 1000 USD/month, 2027-07: 1200 USD/month}}",
        "inputs.fee.steps.soon",
        ("{steps: {soon: 1000 USD/month}}", "'soon' is not a month", "2027-04"),
    )
    + values(
        "fee: {steps: {2026-06: 1000 USD/month, 2027-07: 1200 USD/month}}",
        "inputs.fee.steps.2027-1",
        ("{steps: {2027-1: 1000 USD/month}}", "'2027-1' is not a month", "2027-04"),
    )
    + values(
        "fee: {steps: {2026-06: 1000 USD/month, 2027-07: 1200 USD/month}}",
        "inputs.fee.steps.2027-01-15",
        ("{steps: {2027-01-15: 1000 USD/month}}", "'2027-01-15' is not a month", "2027-01", "{steps: {2027-01: 1000 USD/month}}"),
    )
    + values(
        "budget: {monthly: [100, 120, 90], unit: USD/month}",
        "inputs.budget.monthly",
        ("{monthly: 5}", "'5' is not a list of values, one a month", "[10, 12, 15]", "{monthly: [10, 12, 15]}"),
        ("{monthly: []}", "'[]' is not a list of values", "[10, 12, 15]"),
        ("{monthly: {a: 1}}", "is not a list of values", "[10, 12, 15]"),
        ("{monthly: [1 USD, 2 GB]}", "monthly mixes the units GB and USD", "write all in"),
    )
    + values(
        "budget: {monthly: [100, 120, 90], unit: USD/month}",
        "inputs.budget.monthly.1",
        ("{monthly: [10, 5 to 20]}", "'5 to 20' is a range, and monthly takes plain numbers", "start, growth and volatility"),
        ("{monthly: [10, true]}", "'True' is not a quantity", "12.5"),
        ("{monthly: [10, .nan]}", "'.nan' is not a finite number", "finite number"),
        ("{monthly: [10, ten]}", "'ten' does not start with a number", "12.5"),
    )
    + values(
        "budget: {monthly: [100, 120, 90], unit: USD/month}",
        "inputs.budget",
        ("{note: no value}", "the quantity has no value", "write 'value: 12.5'", "{note: no value, value: 12.5}"),
    )
    + values(
        "budget: {monthly: [100, 120, 90], unit: USD/month}",
        "inputs.budget.unit",
        ("{monthly: [100, 120 USD/month], unit: USD/month}", "'120 USD/month' has a unit beside", "write the unit once"),
    )
)  # fmt: skip
PROVENANCE = (
    values(
        "url: https://example.com/cases",
        "inputs.cases.url",
        ("ftp://example.com/cases", "'ftp://example.com/cases' is not a web address", "https://example.com/page", "https://example.com/page"),
        ("javascript:alert(1)", "'javascript:alert(1)' is not a web address", "https://"),
        ("file:///etc/passwd", "'file:///etc/passwd' is not a web address", "https://"),
        ("example.com", "'example.com' is not a web address", "https://"),
        ("http://", "'http://' is not a web address", "https://"),
        ("https://exa mple.com", "'https://exa mple.com' is not a web address", "https://"),
        ('"https://[::1"', "'https://[::1' is not a web address", "https://"),
        ("[a, b]", "is not a text", "write url: in a few words"),
    )
    + [
        Case("    source: help desk\n    url: https://example.com/cases\n    as_of: 2026-11-01",
             f"    source: help desk\n    url: https://example.com/cases\n    as_of: {date}", "inputs.cases.as_of", f"'{shown}' is not a date",
             "as_of: 2026-11-01", "    source: help desk\n    as_of: 2026-11-01", at=f"    as_of: {date}")
        for date, shown in (("yesterday", "yesterday"), ("2026-11", "2026-11"), ("01/11/2026", "01/11/2026"), ("20261", "20261"), ("[1]", "[1]"), ("true", "True"))
    ]
    + [
        Case("    source: help desk\n    url: https://example.com/cases\n    as_of: 2026-11-01",
             "    source: help desk\n    as_of: 2026-13-01", "inputs.cases.as_of", "'2026-13-01' is not a day of the calendar", "2026-11-01",
             "    source: help desk\n    as_of: 2026-11-01", at="2026-13-01"),
        Case("    source: help desk\n    url: https://example.com/cases\n    as_of: 2026-11-01\n",
             "    source: help desk\n", "inputs.cases.source", "the source 'help desk' has no date", "add as_of:",
             "    source: help desk\n    as_of: 2026-11-01\n"),
    ]
    + values("note: counted", "inputs.cases.note", ("true", "'True' is not a text", "write note: in a few words", "counted"))
    + values("source: help desk", "inputs.cases.source", ("{a: 1}", "is not a text", "write source: in a few words"), ('""', "is not a text", "or leave it out"))
    + values("owner: support", "inputs.cases.owner", ("[a]", "'['a']' is not a text", "write owner: in a few words"))
)  # fmt: skip
SECTIONS = (
    values(
        "  months: 24",
        "timeline.months",
        ("0", "'0' is below 1, the least allowed", "months: 1 or more", "6"),
        ("-5", "'-5' is below 1", "months: 1 or more"),
        ("10000", "'10000' is above 600, the most allowed", "months: 600 or less", "600"),
        ("601", "'601' is above 600", "months: 600 or less"),
        ("24.5", "'24.5' is not a whole number", "months: 36"),
        ("24.0", "'24.0' is not a whole number", "months: 36", "36"),
        ('"24"', "'24' is not a whole number", "months: 36", "36"),
        ("true", "'True' is not a whole number", "months: 36"),
        ("two years", "'two years' is not a whole number", "months: 36"),
        ("", "'None' is not a whole number", "months: 36"),
        ("[24]", "'[24]' is not a whole number", "months: 36"),
        ("1e400", "'1e400' is too large a number", "write the number"),
        ("9" * 5000, "is too large a number", "write the number"),
    )
    + values(
        "  start: 2027-01",
        "timeline.start",
        ("2027", "'2027' is not a month", "2027-04", "2027-04"),
        ("January 2027", "'January 2027' is not a month", "2027-04"),
        ("2027-13", "'2027-13' is not a month", "2027-04"),
        ("2027-00", "'2027-00' is not a month", "2027-04"),
        ("2027-03-15", "'2027-03-15' is not a month", "2027-03", "2027-03"),
        ("0001-01", "'0001-01' lies outside the years 1990 to 2200", "2027-04"),
        ("9999-12", "'9999-12' lies outside the years 1990 to 2200", "2027-04"),
        ("true", "'True' is not a month", "2027-04"),
    )
    + values(
        "  currency: USD",
        "timeline.currency",
        ("XYZ", "the currency 'XYZ' is not known", "write one of USD", "USD"),
        ("usd", "'usd' is not a currency code", "currency: USD", "USD"),
        ("dollars", "'dollars' is not a currency code", "currency: USD"),
        ("5", "'5' is not a text", "put it in quotes"),
    )
    + values(
        "  basis: nominal",
        "timeline.basis",
        ("nominl", "'nominl' is not one of the choices", "basis: nominal or real", "nominal"),
        ("5", "'5' is not one of the choices", "basis: nominal or real"),
        ("", "'None' is not one of the choices", "basis: nominal or real"),
    )
    + values("  discount_timing: mid", "timeline.discount_timing", ("middle", "'middle' is not one of the choices", "start, mid or end", "mid"))
    + values(
        "  discount_rate: 8%/year",
        "timeline.discount_rate",
        ("8%", "'8%' is without a unit; 1/year is needed", "write it in 1/year", "0.08/year"),
        ("800%/year", "'800%/year' leaves the range between -0.5 and 5", "between -0.5 and 5"),
        ("-60%/year", "'-60%/year' leaves the range between -0.5 and 5", "between -0.5 and 5"),
        ("8", "'8' is without a unit", "1/year"),
        ("prime", "'prime' does not start with a number", "12.5 1/year"),
        ("", "nothing is not a quantity", "12.5 1/year"),
    )
    + values("  inflation: 2% to 4%/year", "timeline.inflation", ("2% to 4%", "is without a unit; 1/year is needed", "1/year"))
    + values(
        "  draws: 1000",
        "simulation.draws",
        ("0", "'0' is below 1", "draws: 1 or more", "1"),
        ("1e9", "'1000000000.0' is not a whole number", "draws: 36"),
        ("100000000", "'100000000' is above 1e+07", "draws: 1e+07 or less"),
        ("1k", "'1k' is not a whole number", "draws: 36"),
    )
    + values("  seed: 7", "simulation.seed", ("-1", "'-1' is below 0", "seed: 0 or more", "0"), ("1.5", "'1.5' is not a whole number", "seed: 36"))
    + values("  design: random", "simulation.design", ("halton", "'halton' is not one of the choices", "random, latin_hypercube or sobol", "sobol"))
    + values(
        "  decide_by: npv_cost",
        "decision.decide_by",
        ("npv", "'npv' is not one of the choices", "npv_cost, total_cost, cost_per_outcome or net_value", "npv_cost"),
        ("true", "'True' is not one of the choices", "npv_cost"),
    )
    + values(
        "  title: A decision that the bad cases spoil",
        "decision.title",
        ('""', "'' is empty", "write a few words", "Words"),
        ("5", "'5' is not a text", "put it in quotes", '"5"'),
        ("", "'None' is not a text", "put it in quotes"),
        ("x" * 201, "is longer than 200 characters", "shorten it to 200"),
    )
    + values("  question: Managed or self-hosted?", "decision.question", ("[a, b]", "is not a text", "put it in quotes"))
    + values(
        "  as_of: 2026-11-20",
        "decision.as_of",
        ("today", "'today' is not a date", "as_of: 2026-11-01", "2026-11-01"),
        ("2026-11-31", "'2026-11-31' is not a day of the calendar", "2026-11-01"),
    )
)  # fmt: skip
CASES = [*NUMBERS, *UNITS, *PRICES, *SHARES, *INTERVALS, *LAWS, *RANGES, *SETTINGS, *PATHS, *PROVENANCE, *SECTIONS]
