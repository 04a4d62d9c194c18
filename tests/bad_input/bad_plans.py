"""Allocation files, budgets, forecast plans, evidence files and decisions that must be refused, each slip at its own line."""

from __future__ import annotations

from tests.bad_input.bad_file import slips, whole_files

ALLOCATION = """\
schema: 1
cost: EffectiveCost
method: step_down
dimensions:
  owner: {tags: [owner, team], required: true}
  environment:
    tags: [environment, env]
    values: {prod: production}
    allowed: [production, staging]
    required: true
    since: 2026-01
rules:
  - {name: support plan, when: {ServiceName: "*Support*"}, pool: support}
  - {name: tagged, owner_from: owner}
  - {name: training, when: {SubAccountName: [ml-*]}, owner: ml}
cost_centers: {ml: C-100}
metrics:
  - {name: per case, unit: case, owner: ml, per: outcomes, product: assistant}
  - {name: per hour, unit: GPU-hour, when: {ServiceName: "*GPU"}, per: quantity, consumed_unit: GPU-Hours}
  - {name: per request, unit: 1k requests, when: {ServiceName: API}, per: usage, column: Requests, usage: {x_Source: litellm}, scale: 1000}
pools:
  support: {split: fixed, shares: {ml: 60%, web: 40%}}
  platform: {split: usage, metric: InputTokens, by: Team}
  idle: {split: none, reason: nobody asked for it}
"""
ALLOCATIONS = [
    *whole_files("allocation.yaml"),
    *slips(
        ALLOCATION, "allocation.yaml",
        ("cost: EffectiveCost", "cost: Effective", "'Effective' is not one of the choices", 2, "cost"),
        ("cost: EffectiveCost", "cost: 5", "'5' is not one of the choices", 2, "cost"),
        ("method: step_down", "method: stepdown", "'stepdown' is not one of the choices", 3, "method"),
        ("method: step_down", "methods: step_down", "unknown key 'methods'", 3, "methods"),
        ("method: step_down", "currency: [USD]", "'['USD']' is not a text", 3, "currency"),
        ("tags: [owner, team], required: true", "tags: [], required: true", "'tags' is empty", 5, "dimensions.owner.tags"),
        ("tags: [owner, team], required: true", "required: true", "'tags' is missing", 5, "dimensions.owner.tags"),
        ("tags: [owner, team], required: true", "tags: [owner], required: perhaps", "'perhaps' is not true or false", 5, "dimensions.owner.required"),
        ("values: {prod: production}", "values: {prod: live}", "'live' is not among the allowed values", 8, "dimensions.environment.values.prod"),
        ("values: {prod: production}", "values: [prod]", "'['prod']' is not a mapping", 8, "dimensions.environment.values"),
        ("since: 2026-01", "since: 2026-13", "'2026-13' is no month", 11, "dimensions.environment.since"),
        ("since: 2026-01", "since: soon", "'soon' is no month", 11, "dimensions.environment.since"),
        ("  - {name: tagged, owner_from: owner}", "  - {name: tagged, owner_from: ownr}", "no dimension 'ownr'", 14, "rules.1.owner_from"),
        ("  - {name: tagged, owner_from: owner}", "  - {name: tagged}", "the rule 'tagged' says nothing", 14, "rules.1"),
        ("  - {name: tagged, owner_from: owner}", "  - {name: tagged, owner_from: owner, owner: x}", "the rule 'tagged' says owner and owner_from", 14, "rules.1"),
        ("  - {name: tagged, owner_from: owner}", "  - {owner_from: owner}", "'name' is missing", 14, "rules.1.name"),
        ("  - {name: tagged, owner_from: owner}", "  - tagged", "'tagged' is not a mapping", 14, "rules.1"),
        ("  - {name: tagged, owner_from: owner}", "  - {name: 5, owner_from: owner}", "'5' is not a text", 14, "rules.1.name"),
        ("  - {name: tagged, owner_from: owner}", "  - {name: tagged, owner_from: owner, extra: 1}", "unknown key 'extra'", 14, "rules.1.extra"),
        ("  - {name: tagged, owner_from: owner}", "  - {name: '', owner_from: owner}", "'' is empty", 14, "rules.1.name"),
        ("pool: support}", "pool: suport}", "no pool 'suport'", 13, "rules.0.pool"),
        ("{SubAccountName: [ml-*]}", "{SubAccountNam: [ml-*]}", "the bill has no column 'SubAccountNam' that a rule can look at", 15, "rules.2.when.SubAccountNam"),
        ("{SubAccountName: [ml-*]}", "{SubAccountName: [m*l]}", "'m*l' has a * in its middle", 15, "rules.2.when.SubAccountName"),
        ("{SubAccountName: [ml-*]}", "{SubAccountName: {a: b}}", "'{'a': 'b'}' is not a list", 15, "rules.2.when.SubAccountName"),
        ("{SubAccountName: [ml-*]}", '{"dimension:produc": x}', "no dimension 'produc'", 15, "rules.2.when.dimension:produc"),
        ("cost_centers: {ml: C-100}", "cost_centers: {ml: 100}", "'100' is not a text", 16, "cost_centers.ml"),
        ("cost_centers: {ml: C-100}", "cost_centers: [C-100]", "'['C-100']' is not a mapping", 16, "cost_centers"),
        ("product: assistant}", "column: Requests}", "a metric per outcomes needs product", 18, "metrics.0.product"),
        ("owner: ml, per: outcomes", "owner: ml, when: {ServiceName: x}, per: outcomes", "'per case' names both charges and an owner", 18, "metrics.0"),
        ("unit: case, owner: ml, per: outcomes", "unit: case, per: outcomes", "'per case' names neither charges nor an owner", 18, "metrics.0"),
        ("per: quantity, consumed_unit: GPU-Hours", "per: quantity", "a metric per quantity needs consumed_unit", 19, "metrics.1.consumed_unit"),
        ("column: Requests, usage", "column: Request, usage", "'Request' is no count of the usage records", 20, "metrics.2.column"),
        ("usage: {x_Source: litellm}", "usage: {Source: litellm}", "the usage records have no text column 'Source'", 20, "metrics.2.usage.Source"),
        ("scale: 1000", "scale: 0", "'0' is not above 0", 20, "metrics.2.scale"),
        ("scale: 1000", "scale: 1.5", "'1.5' is not a whole number", 20, "metrics.2.scale"),
        ("scale: 1000", "scale: .nan", "'.nan' is not a finite number", 20, "metrics.2.scale"),
        ("web: 40%", "web: 39%", "the shares of 'support' do not sum to 100%", 22, "pools.support.shares"),
        ("web: 40%", "web: 40", "'40' is not a text", 22, "pools.support.shares.web"),
        ("web: 40%", "web: 1/0%", "'1/0%' is no percentage", 22, "pools.support.shares.web"),
        ("web: 40%", "web: -40%", "'-40%' is no percentage", 22, "pools.support.shares.web"),
        ("web: 40%", "web: nan%", "'nan%' is no percentage", 22, "pools.support.shares.web"),
        ("web: 40%", "web: 1e400%", "'1e400%' is no percentage", 22, "pools.support.shares.web"),
        ("web: 40%", "web: 1e999999999%", "'1e999999999%' is no percentage", 22, "pools.support.shares.web"),
        ("split: fixed", "split: fix", "'fix' is not one of the choices", 22, "pools.support.split"),
        ("split: fixed", "split: even", "a split that is even has no shares", 22, "pools.support.shares"),
        ("metric: InputTokens", "metric: Inputs", "'Inputs' is no metric of the usage records", 23, "pools.platform.metric"),
        ("by: Team", "by: Teams", "the usage records have no column 'Teams'", 23, "pools.platform.by"),
        ("split: none, reason: nobody asked for it", "split: none", "'idle' is left out and no reason is given", 24, "pools.idle"),
        ("rules:\n", "ruls:\n", "'rules' is missing", 1, "rules"),
    ),
]  # fmt: skip
BUDGET = """\
schema: 1
budgets:
  - {name: everything, amount: "62000", source: plan, as_of: 2026-09-15}
  - name: support
    owner: ml
    amount: "42000.50"
    thresholds: {actual: [50%, 80%], forecast: [100%]}
  - {name: research, owner: ml, amount: "65000", period: year, from: 2025-10}
  - {name: a case, metric: per case, amount: "1.70"}
  - {name: tokens, model: gpt-5, tokens: "400000000"}
"""
BUDGETS = [
    *whole_files("budgets.yaml", few=True),
    *slips(
        BUDGET, "budgets.yaml",
        ("budgets:\n", "budget:\n", "'budgets' is missing", 1, "budgets"),
        ('amount: "62000"', "amount: 62000.5", "'62000.5' is not a text", 3, "budgets.0.amount"),
        ('amount: "62000"', 'amount: "62,000"', "'62,000' is no amount", 3, "budgets.0.amount"),
        ('amount: "62000"', 'amount: "-5"', "a budget is above zero", 3, "budgets.0.amount"),
        ('amount: "62000"', 'amount: "0"', "a budget is above zero", 3, "budgets.0.amount"),
        ('amount: "62000"', 'amount: "NaN"', "'NaN' is no amount", 3, "budgets.0.amount"),
        ('amount: "62000"', 'amount: "1e400"', "'1e400' is no amount", 3, "budgets.0.amount"),
        ('amount: "62000"', 'amount: "' + "9" * 400 + '"', "'999999999999999999999999999999999999999999999999999999999…' is", 3, "budgets.0.amount"),
        ('amount: "62000"', "amount: .inf", "'.inf' is not a finite number", 3, "budgets.0.amount"),
        ('amount: "62000"', 'amount: "lots"', "'lots' is no amount", 3, "budgets.0.amount"),
        ('amount: "62000"', 'tokens: "5"', "'everything' has no amount", 3, "budgets.0"),
        ('amount: "62000", source: plan', "source: plan", "'everything' has no amount", 3, "budgets.0"),
        ("as_of: 2026-09-15", "as_of: 2026-02-30", "'2026-02-30' is not a day of the calendar", 3, "budgets.0.as_of"),
        ("as_of: 2026-09-15", "as_of: yesterday", "'yesterday' is not a date", 3, "budgets.0.as_of"),
        ("{name: everything,", "{name: support,", "two budgets are called 'support'", 4, "budgets.1.name"),
        ("{name: everything,", "{", "'name' is missing", 3, "budgets.0.name"),
        ("    owner: ml\n", "    owner: ml\n    service: VM\n", "'support' is about owner and service", 4, "budgets.1"),
        ("    owner: ml\n", "    ownr: ml\n", "unknown key 'ownr'", 5, "budgets.1.ownr"),
        ("actual: [50%, 80%]", "actual: [50, 80]", "'50' is not a text", 7, "budgets.1.thresholds.actual.0"),
        ("actual: [50%, 80%]", "actual: [1e999999999%]", "is no percentage", 7, "budgets.1.thresholds.actual.0"),
        ("actual: [50%, 80%]", "actual: 5000%", "'5000%' is no percentage", 7, "budgets.1.thresholds.actual.0"),
        ("actual: [50%, 80%]", "actual: {a: 50%}", "'{'a': '50%'}' is not a list", 7, "budgets.1.thresholds.actual"),
        ("actual: [50%, 80%]", "actual: ['½%']", "'½%' is no percentage", 7, "budgets.1.thresholds.actual.0"),
        ("period: year, from: 2025-10", "period: year", "'research' does not say when its year begins", 8, "budgets.2"),
        ("period: year, from: 2025-10", "period: week", "'week' is not one of the choices", 8, "budgets.2.period"),
        ("from: 2025-10", "from: 2025-10-01", "'2025-10-01' is not a text", 8, "budgets.2.from"),
        ("metric: per case", "metric: per cases", "no metric 'per cases'", 9, "budgets.3.metric"),
        ('metric: per case, amount: "1.70"', 'metric: per case, period: year, from: 2026-01, amount: "1.70"', "a unit cost is held against its budget month by month", 9, "budgets.3.period"),
        ('tokens: "400000000"', 'amount: "5"', "'tokens' has no tokens", 10, "budgets.4"),
        ('tokens: "400000000"', 'tokens: "many"', "'many' is no amount", 10, "budgets.4.tokens"),
    ),
]  # fmt: skip
PLAN = """\
schema: 1
steps:
  - {name: second region, of: search, from: 2026-12, plus: 4000, source: launch plan, as_of: 2026-09-20}
  - {name: price rise, from: 2027-01, to: 2027-12, times: 1.05}
drivers:
  search: {metric: per case, volume: {2026-12: 27000}}
methods: {}
"""
PLANS = [
    *whole_files("forecast.yaml", few=True),
    *slips(
        PLAN, "forecast.yaml",
        ("of: search, from", "of: serch, from", "the forecast has no 'serch'", 3, "steps.0.of"),
        ("of: search, from: 2026-12, plus", "from: 2026-12, plus", "'second region' adds an amount to nobody", 3, "steps.0"),
        ("from: 2026-12", "from: 2026-00", "'2026-00' is no month", 3, "steps.0.from"),
        ("plus: 4000", "plus: lots", "'lots' is not a number", 3, "steps.0.plus"),
        ("plus: 4000", "plus: .nan", "'.nan' is not a finite number", 3, "steps.0.plus"),
        ("plus: 4000", "plus: 1e400", "'1e400' is too large a number", 3, "steps.0.plus"),
        ("plus: 4000", "plus: 4000, times: 2", "'second region' says both plus and times", 3, "steps.0"),
        ("plus: 4000, source", "source", "'second region' says neither plus nor times", 3, "steps.0"),
        ("times: 1.05", "times: -1", "'-1' is below 0, the least allowed", 4, "steps.1.times"),
        ("times: 1.05", "times: 1e9", "'1000000000.0' is above 1,000, the most allowed", 4, "steps.1.times"),
        ("to: 2027-12", "to: 2026-12", "'price rise' ends before it begins", 4, "steps.1.to"),
        ("as_of: 2026-09-20", "as_of: 9999-99-99", "'9999-99-99' is not a day of the calendar", 3, "steps.0.as_of"),
        ("{name: second region, ", "{", "'name' is missing", 3, "steps.0.name"),
        ("  search: {metric", "  serch: {metric", "the forecast has no 'serch'", 6, "drivers.serch"),
        ("metric: per case", "metric: per cas", "no metric 'per cas'", 6, "drivers.search.metric"),
        ("{2026-12: 27000}", "{december: 27000}", "'december' is no month", 6, "drivers.search.volume.december"),
        ("{2026-12: 27000}", "{2026-12: many}", "'many' is not a number", 6, "drivers.search.volume.2026-12"),
        ("{2026-12: 27000}", "{2026-12: .inf}", "'.inf' is not a finite number", 6, "drivers.search.volume.2026-12"),
        ("methods: {}", "methods: {search: naive}", "'search' has a driver and a method", 7, "methods.search"),
        ("methods: {}", "methods: {search: magic}", "no method 'magic'", 7, "methods.search"),
        ("methods: {}", "methods: [naive]", "'['naive']' is not a mapping", 7, "methods"),
        ("methods: {}", "method: {}", "unknown key 'method'", 7, "method"),
        ("steps:\n", "steps: {}\nstep:\n", "'{}' is not a list", 2, "steps"),
    ),
]  # fmt: skip
EVIDENCE = """\
schema: 1
inputs:
  inputs.requests_per_case:
    ratio: [Requests, "outcomes:assistant"]
    usage: {x_Source: openai_usage}
    unit: request/case
    last: 6
  inputs.resolution_rate: {successes: 812, trials: 1240, source: sample read by two, as_of: 2026-09-30}
  inputs.paid_minutes: {monthly: {2026-07: 7.9, 2026-08: 8.1, 2026-09: 8.0}, unit: minute/case, source: desk, as_of: 2026-09-30}
"""
EVIDENCES = [
    *whole_files("calibration.yaml", few=True),
    *slips(
        EVIDENCE, "calibration.yaml",
        ('ratio: [Requests, "outcomes:assistant"]', "ratio: [Requests]", "a ratio of 1", 4, "inputs.inputs.requests_per_case.ratio"),
        ('ratio: [Requests, "outcomes:assistant"]', "ratio: [Requests, Cases]", "'Cases' is nothing that is summed", 4, "inputs.inputs.requests_per_case.ratio"),
        ('ratio: [Requests, "outcomes:assistant"]', "ratio: {a: b}", "'{'a': 'b'}' is not a list", 4, "inputs.inputs.requests_per_case.ratio"),
        ("usage: {x_Source: openai_usage}", "usage: {Source: x}", "the usage records have no text column 'Source'", 5, "inputs.inputs.requests_per_case.usage.Source"),
        ("usage: {x_Source: openai_usage}", "monthly: {2026-07: 1}", "it says ratio and monthly", 3, "inputs.inputs.requests_per_case"),
        ("last: 6", "last: 2", "'2' is below 3, the least allowed", 7, "inputs.inputs.requests_per_case.last"),
        ("last: 6", "last: 1000000", "'1000000' is above 120, the most allowed", 7, "inputs.inputs.requests_per_case.last"),
        ("last: 6", "last: six", "'six' is not a whole number", 7, "inputs.inputs.requests_per_case.last"),
        ("last: 6", "lst: 6", "unknown key 'lst'", 7, "inputs.inputs.requests_per_case.lst"),
        ("successes: 812, trials: 1240", "successes: 1241, trials: 1240", "more successes than trials", 8, "inputs.inputs.resolution_rate.successes"),
        ("successes: 812, trials: 1240", "successes: 812", "it says nothing that was measured", 8, "inputs.inputs.resolution_rate"),
        ("successes: 812, trials: 1240", "successes: -1, trials: 1240", "'-1' is below 0, the least allowed", 8, "inputs.inputs.resolution_rate.successes"),
        ("successes: 812, trials: 1240", "successes: 0, trials: 0", "'0' is below 1, the least allowed", 8, "inputs.inputs.resolution_rate.trials"),
        ("successes: 812, trials: 1240", "successes: 8.5, trials: 1240", "'8.5' is not a whole number", 8, "inputs.inputs.resolution_rate.successes"),
        ("successes: 812, trials: 1240", "successes: .nan, trials: 1240", "'.nan' is not a finite number", 8, "inputs.inputs.resolution_rate.successes"),
        ("source: sample read by two, as_of: 2026-09-30", "source: sample", "it does not say where and when that was measured", 8, "inputs.inputs.resolution_rate"),
        ("2026-07: 7.9", "2026-07: high", "'high' is not a number", 9, "inputs.inputs.paid_minutes.monthly.2026-07"),
        ("2026-07: 7.9", "2026-07: .inf", "'.inf' is not a finite number", 9, "inputs.inputs.paid_minutes.monthly.2026-07"),
        ("2026-07: 7.9", "2026-07: 1e400", "'1e400' is too large a number", 9, "inputs.inputs.paid_minutes.monthly.2026-07"),
        ("2026-07: 7.9", "July: 7.9", "'July' is no month", 9, "inputs.inputs.paid_minutes.monthly.July"),
        ("inputs:\n", "input:\n", "unknown key 'input'", 2, "input"),
        ("inputs:\n  inputs.requests_per_case:", "inputs: []\nx:\n  inputs.requests_per_case:", "'[]' is not a mapping", 2, "inputs"),
    ),
]  # fmt: skip
DECISION = """\
schema: 1
title: "Evaluate once a week"
owner: "support-eng"
review: "2026-09"
decided: 2026-10-05
due: "2026-11"
expected: "1500.00"
currency: USD
cost: EffectiveCost
why: "nobody reads the daily runs"
scope:
  when: {"SubAccountName": ["support-eval"]}
baseline:
  first: "2026-07"
  last: "2026-09"
  a_month: "4000.00"
status: open
"""
DECISIONS = [
    *whole_files("2026-09-01.yaml", few=True),
    *slips(
        DECISION, "2026-09-01.yaml",
        ('title: "Evaluate once a week"', 'title: ""', "'' is empty", 2, "title"),
        ('title: "Evaluate once a week"\n', "", "'title' is missing", 1, "title"),
        ('title: "Evaluate once a week"', 'titel: "Evaluate"', "'title' is missing", 1, "title"),
        ('review: "2026-09"', 'review: "2026-9"', "'2026-9' is no month", 4, "review"),
        ("decided: 2026-10-05", "decided: 2026-02-30", "'2026-02-30' is not a day of the calendar", 5, "decided"),
        ("decided: 2026-10-05", "decided: soon", "'soon' is not a date", 5, "decided"),
        ('due: "2026-11"', 'due: "2026-08"', "it is due in 2026-08, within its baseline", 6, "due"),
        ('expected: "1500.00"', 'expected: "1,500"', "'1,500' is no amount", 7, "expected"),
        ('expected: "1500.00"', 'expected: "NaN"', "'NaN' is no amount", 7, "expected"),
        ('expected: "1500.00"', 'expected: "1e999"', "'1e999' is no amount", 7, "expected"),
        ("currency: USD", "currency: dollars", "'dollars' is not a currency code", 8, "currency"),
        ("cost: EffectiveCost", "cost: ListCost", "'ListCost' is not one of the choices", 9, "cost"),
        ('why: "nobody reads the daily runs"', 'why: ""', "'' is empty", 10, "why"),
        ('  when: {"SubAccountName": ["support-eval"]}', "  {}", "the scope says nothing", 11, "scope"),
        ('  when: {"SubAccountName": ["support-eval"]}', '  owner: "x"\n  metric: "y"', "the scope says owner and metric", 11, "scope"),
        ('  when: {"SubAccountName": ["support-eval"]}', '  metric: "per case"', "scope and baseline do not fit", 13, "baseline.per_unit"),
        ('last: "2026-09"', 'last: "2026-06"', "the baseline ends before it begins", 15, "baseline.last"),
        ('a_month: "4000.00"', 'a_month: "-"', "'-' is no amount", 16, "baseline.a_month"),
        ('a_month: "4000.00"', 'a_month: "4000.00"\n  per_unit: "1.5"', "scope and baseline do not fit", 17, "baseline.per_unit"),
        ("status: open", "status: closed", "'closed' is not one of the choices", 17, "status"),
        ("status: open", "note: " + "x" * 2001, "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' is", 17, "note"),
    ),
]  # fmt: skip
