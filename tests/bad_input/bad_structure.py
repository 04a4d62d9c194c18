"""Bad structure: keys, names, references, categories, phases, currencies, correlations and formulas, each refused at its own field."""

from __future__ import annotations

from tests.bad_input.case import Case, values

NONE = "{none: why it costs nothing here}"
LIVE = "    kind: requests\n"
API = "        line: managed_tokens\n"
KEYS = [
    Case("schema: 1\n", "schema: 2\n", "schema", "schema '2' is not known", "schema: 1 as the first line", "schema: 1\n"),
    Case("schema: 1\n", 'schema: "1"\n', "schema", "schema '1' is not known", "schema: 1 as the first line"),
    Case("schema: 1\n", "schema: true\n", "schema", "schema 'True' is not known", "schema: 1 as the first line"),
    Case("schema: 1\n", "schema:\n", "schema", "the file has no schema version", "schema: 1 as the first line"),
    Case("schema: 1\n", "schema: 1\nmodel: 5\n", "model", "unknown key 'model'", "known keys: schema, decision", at="model: 5"),
    Case("\ndemand:\n", "\ndemnd:\n", "demnd", "unknown key 'demnd'", "did you mean 'demand'?") if False else
    Case("schema: 1\n", "schema: 1\nsimulations: {draws: 5}\n", "simulations", "unknown key 'simulations'", "did you mean 'simulation'?", "schema: 1\n", at="simulations"),
    Case("schema: 1\n", "schema: 1\nDecision: {title: x}\n", "Decision", "unknown key 'Decision'", "did you mean 'decision'?", "schema: 1\n", at="Decision"),
    Case("  question:", "  qestion: x\n  question:", "decision.qestion", "unknown key 'qestion'", "did you mean 'question'?", "  question:", at="qestion"),
    Case("  decide_by: npv_cost", "  decide_on: npv_cost", "decision.decide_on", "unknown key 'decide_on'", "did you mean 'decide_by'?"),
    Case("  seed: 7", "  sed: 7", "simulation.sed", "unknown key 'sed'", "did you mean 'seed'?"),
    Case("  basis: nominal", "  bases: nominal", "timeline.bases", "unknown key 'bases'", "did you mean 'basis'?"),
    Case("  basis: nominal", "  colour: nominal", "timeline.colour", "unknown key 'colour'", "known keys: start, months"),
    Case("    owner: support", "    ownr: support", "inputs.cases.ownr", "unknown key 'ownr' in a quantity", "did you mean 'owner'?"),
    Case("    retry_share: 2%", "    retry_shares: 2%", "demand.live.retry_shares", "unknown key 'retry_shares'", "did you mean 'retry_share'?"),
    Case("    retry_share: 2%", "    salary: 5 USD", "demand.live.salary", "unknown key 'salary'", "known keys: kind"),
    Case("    retry_share: 2%", "    input_volume: 5 token/month", "demand.live.input_volume", "'input_volume' is computed, not written", "leave it out",
         "    retry_share: 3%"),
    Case("  volume: = cases", "  volume: = cases\n  price: 5", "outcome.price", "unknown key 'price'", "known keys: name, unit, volume, value", at="price: 5"),
    Case("  value: 4 USD/case", "  valu: 4 USD/case", "outcome.valu", "unknown key 'valu'", "did you mean 'value'?"),
    Case("    label: Managed\n", "    lable: Managed\n", "options.managed.lable", "unknown key 'lable'", "did you mean 'label'?"),
    Case("    observability:\n      traces:", "    observabilty: {none: nothing at all}\n    observability:\n      traces:",
         "options.managed.observabilty", "unknown key 'observabilty'", "did you mean 'observability'?", "    observability:\n      traces:", at="observabilty:"),
    Case("      latency: 1.5 second", "      latancy: 1.5 second", "options.managed.promises.latancy", "unknown key 'latancy'", "did you mean 'latency'?"),
    Case("        copies: 2", "        copys: 2\n        copies: 2", "options.managed.storage.logs.copys", "unknown key 'copys'", "did you mean 'copies'?",
         "        copies: 2", at="copys"),
    Case("        copies: 2", "        fte: 2 FTE", "options.managed.storage.logs.fte", "unknown key 'fte'", "known keys: line"),
    Case("        hardware_life: 18\n", "        hardware_life: 18\n        gpus: 8\n", "options.hosted.fleets.main.gpus", "'gpus' is computed, not written",
         "leave it out", "        hardware_life: 18\n", at="gpus: 8"),
    Case("        formula: = demand.live.requests *", "        line: support_plan\n        formula: = demand.live.requests *", "options.managed.fees.own.line",
         "unknown key 'line'", "known keys: formula", at="        line: support_plan\n        formula"),
    Case("      outage:\n        line: incident_loss\n        frequency: 1 to 4 event/year\n        severity: 5k to 80k USD/event\n",
         "      outage: {line: incident_loss, frequency: 2 event/year, severity: 5 USD/event, 3: }\n", "options.managed.risk.outage.3", "unknown key '3'", "known keys",
         at="3: }"),
]  # fmt: skip
MISSING = [
    Case("  title: A decision that the bad cases spoil\n", "", "decision.title", "'title' is missing", "add title: below decision:", at="decision:"),
    Case("  question: Managed or self-hosted?\n", "", "decision.question", "'question' is missing", "add question: below decision:", at="decision:"),
    Case("  start: 2027-01\n", "", "timeline.start", "'start' is missing", "add start: below timeline:", at="timeline:"),
    Case("  months: 24\n", "", "timeline.months", "'months' is missing", "add months: below timeline:", at="timeline:"),
    Case("  discount_rate: 8%/year\n", "", "timeline.discount_rate", "'discount_rate' is missing", "add discount_rate:", "  discount_rate: 5%/year\n", at="timeline:"),
    Case("    kind: requests\n", "", "demand.live.kind", "the kind is missing", "write kind: requests", "    kind: requests\n", at="  live:"),
    Case("    output_tokens: pert(150, 220, 400) tokens/request\n", "", "demand.live", "'output_tokens' is missing: tokens written", "add output_tokens: with its value",
         "    output_tokens: 1 token/request\n", at="  live:"),
    Case("    turns: pert(3, 6, 12) turns/task\n", "", "demand.agents", "'turns' is missing", "such as 1 turn/task", "    turns: 1 turn/task\n", at="  agents:"),
    Case("  volume: = cases\n", "", "outcome", "'volume' is missing", "add volume: 20k case/month", "  volume: 20k case/month\n", at="outcome:"),
    Case("    success_share: 62% to 71%\n", "", "options.managed", "'success_share' is missing", "add success_share: 62% to 71%", "    success_share: 62% to 71%\n",
         at="  managed:"),
    Case(API, "", "options.managed.token.api.line", "the entry names no cost line", "write line: managed_tokens or", API, at="      api:"),
    Case("        output_price: 10 USD/Mtoken\n", "", "options.managed.token.api", "'output_price' is missing", "such as 1 USD/Mtoken",
         "        output_price: 1 USD/Mtoken\n", at="      api:"),
    Case("        retention_months: 13\n", "", "options.managed.storage.logs", "'retention_months' is missing: months that data is kept", "retention_months: 12",
         "        retention_months: 12\n", at="      logs:"),
    Case("        classes: [live, agents]\n        input_price", "        input_price", "options.managed.token.api", "'input_tokens' is missing", "name the demand class",
         at="      api:") if False else
    Case("        frequency: 1 to 4 event/year\n", "", "options.managed.risk.outage", "'frequency' is missing", "such as 1 event/year",
         "        frequency: 1 event/year\n", at="      outage:"),
    Case("        fleet: main\n", "", "options.hosted.compute.buy", "'purchased_gpus' comes from a fleet", "fleet: main", "        fleet: main\n", at="      buy:"),
    Case("        classes: [live, agents]\n        phases: run", "        phases: run", "options.hosted.fleets.main", "the fleet 'main' serves no demand class",
         "add classes: [live, agents]", "        classes: [live, agents]\n        phases: run", at="      main:"),
    Case("  - between: [hit_share, pay]\n    rank: 0.3", "  - between: [hit_share, pay]", "correlations.0.rank", "'rank' is missing", "add rank:",
         "  - between: [hit_share, pay]\n    rank: 0.3", at="between: [hit_share, pay]"),
]  # fmt: skip
EMPTY = [
    *(
        Case(f"    {category}: {{none: {reason}}}", f"    {category}: {{none: {bad}}}", f"options.{option}.{category}.none", says, f"{category}: {{none: why",
             f"    {category}: {NONE}", at=f"none: {bad}")
        for option, category, reason, bad, says in (
            ("managed", "compute", "the provider runs the models", "", "the reason is missing"),
            ("managed", "migration", "this is what runs today", "n/a", "'n/a' is too short for a reason"),
            ("hosted", "token", "the team runs its own models", "none", "'none' is too short"),
            ("hosted", "storage", "weights are tiny beside the rest", "0", "the reason is missing"),
            ("hosted", "fees", "no vendor fees at all here", "true", "'True' is too short"),
            ("hosted", "risk", "insured for the tests", "[none of our business]", "is too short for a reason"),
        )
    ),
    Case("    compute: {none: the provider runs the models}\n", "", "options.managed.compute", "'compute' is missing", "write compute: {none: why", "    compute: {none: the provider runs}\n",
         at="  managed:"),
    Case("    compute: {none: the provider runs the models}", "    compute:", "options.managed.compute", "'compute' is missing", "write compute: {none: why"),
    Case("    compute: {none: the provider runs the models}", "    compute: {}", "options.managed.compute", "'compute' is empty", "write compute: {none: why"),
    Case("    compute: {none: the provider runs the models}", "    compute: []", "options.managed.compute", "'compute' is empty", "list its lines"),
    Case("    compute: {none: the provider runs the models}", "    compute: none", "options.managed.compute", "'compute' is 'none', not a mapping", "write compute: {none: why",
         "    compute: {none: why this option has no compute cost}"),
    Case("    compute: {none: the provider runs the models}", "    compute: 0", "options.managed.compute", "'compute' is '0', not a mapping", "write compute: {none: why"),
    Case("    compute: {none: the provider runs the models}", "    compute: {rent: 5 USD/month}", "options.managed.compute.rent", "'rent' is '5 USD/month', not a mapping",
         "write rent: {line: …}"),
    Case("    compute: {none: the provider runs the models}", "    compute: {rent: }", "options.managed.compute.rent", "'rent' is missing", "write rent: {line: …}", at="rent: }"),
    Case("  hosted:\n    label: Hosted\n", "  third: {}\n  hosted:\n    label: Hosted\n", "options.third", "'third' is empty", "describe its categories below it",
         "  hosted:\n    label: Hosted\n", at="third"),
    Case("  hosted:\n    label: Hosted\n", "  third:\n  hosted:\n    label: Hosted\n", "options.third", "'third' is missing", "describe its categories", at="third"),
    Case("  hosted:\n    label: Hosted\n", "  third: 5\n  hosted:\n    label: Hosted\n", "options.third", "'third' is '5', not a mapping", "describe its categories", at="third"),
    Case("    promises:\n      latency: 1.5 second\n      availability: 99.9%\n", "    promises: quick\n", "options.managed.promises", "'promises' is 'quick', not a mapping",
         "latency: 1.5 second", "    promises: {latency: 1.5 second}\n", at="promises"),
    Case("exchange_rates:\n  EUR: {value: 1.1 USD/EUR, source: made for the tests, as_of: 2026-11-01}", "exchange_rates: 1.1", "exchange_rates",
         "'exchange_rates' is '1.1', not a mapping", "EUR: 1.1 USD/EUR") if False else
    Case("    fleets:\n      main:\n", "    fleets:\n      second: {}\n      main:\n", "options.hosted.fleets.second", "'second' is empty", "write kind: serving or owned_serving",
         "    fleets:\n      main:\n", at="second: {}"),
    Case("demand:\n  live:\n", "demand:\n  idle:\n  live:\n", "demand.idle", "'idle' is missing", "write kind: requests", "demand:\n  live:\n", at="idle"),
]  # fmt: skip
NAMES = [
    *(
        Case("  growth_of_price: pert(2, 3, 6)", f"  {name}: pert(2, 3, 6)\n  growth_of_price: pert(2, 3, 6)", f"inputs.{shown or name}", says, mend,
             f"  {better}: pert(2, 3, 6)\n  growth_of_price: pert(2, 3, 6)", at=f"{name}:")
        for name, shown, says, mend, better in (
            ("Price", "", "'Price' cannot be a name", "write price:", "price"),
            ("unit-price", "", "'unit-price' cannot be a name", "write unit_price:", "unit_price"),
            ("unit price", "", "'unit price' cannot be a name", "write unit_price:", "unit_price"),
            ("2nd", "", "'2nd' cannot be a name", "write x_2nd:", "x_2nd"),
            ("prix_à", "", "'prix_à' cannot be a name", "write prix:", "prix"),
            ("a.b", "", "'a.b' cannot be a name", "write a_b:", "a_b"),
            ("_hidden", "", "'_hidden' cannot be a name", "write hidden:", "hidden"),
            ("__class__", "", "'__class__' cannot be a name", "write class:", "class_1"),
            ("n" * 65, "", "cannot be a name", "write nnn", "nnn"),
            ("max", "", "'max' has a meaning of its own in formulas", "such as max_1", "max_1"),
            ("where", "", "'where' has a meaning of its own", "such as where_1", "where_1"),
            ("quantity", "", "'quantity' has a meaning of its own", "such as quantity_1", "quantity_1"),
            ("total", "", "'total' has a meaning of its own", "such as total_1", "total_1"),
            ("demand", "", "'demand' has a meaning of its own", "such as demand_1", "demand_1"),
            ("success_share", "", "'success_share' has a meaning of its own", "such as success_share_1", "success_share_1"),
            ("labour", "", "'labour' has a meaning of its own", "such as labour_1", "labour_1"),
        )
    ),
    Case("    label: Hosted\n", "    label: Managed\n", "options.hosted.label", "two options are called 'Managed'", "another label than options.managed", "    label: Own\n"),
    Case("    label: Hosted\n", "    label: Hosted\n    baseline: true\n", "options.hosted.baseline", "'hosted' is a second baseline beside 'managed'",
         "at one of managed and hosted", "    label: Hosted\n", at="    baseline: true\n    phases"),
    Case("    baseline: true\n", "    baseline: yes\n", "options.managed.baseline", "baseline is true or false, not 'yes'", "baseline: true", "    baseline: true\n"),
    Case("    label: Managed\n", "    label: 5\n", "options.managed.label", "'5' is not a text", 'label: "5"', '    label: "5"\n'),
    Case("    label: Managed\n", f"    label: {'x' * 201}\n", "options.managed.label", "label has 201 characters", "a few words", "    label: x\n"),
    Case("        line: incident_loss\n", "        line: incident_loss\n        label: [a]\n", "options.managed.risk.outage.label", "'['a']' is not a text", "a few words",
         at="label: [a]"),
    Case("  name: case resolved", "  name: [a]", "outcome.name", "'['a']' is not a text", "a few words", "  name: case"),
]  # fmt: skip
REFERENCES = [
    Case(LIVE, "    kind: request\n", "demand.live.kind", "unknown kind 'request'", "did you mean 'requests'?"),
    Case(LIVE, "    kind: serving\n", "demand.live.kind", "unknown kind 'serving'", "known kinds: requests"),
    Case(LIVE, "    kind: [requests]\n", "demand.live.kind", "unknown kind '['requests']'", "requests"),
    Case("        kind: owned_serving\n", "        kind: owned_srving\n", "options.hosted.fleets.main.kind", "unknown kind 'owned_srving'", "did you mean 'owned_serving'?"),
    Case(API, "        line: managed_token\n", "options.managed.token.api.line", "unknown cost line 'managed_token'", "did you mean 'managed_tokens'?"),
    Case(API, "        line: magic\n", "options.managed.token.api.line", "unknown cost line 'magic'", "write line: managed_tokens or"),
    Case(API, "        line: 5\n", "options.managed.token.api.line", "unknown cost line '5'", "write line: managed_tokens or"),
    Case("        line: stored_logs\n", "        line: managed_tokens\n", "options.managed.storage.logs.line", "'managed_tokens' is a token line, not storage", "move it under token:"),
    Case("        line: staff\n", "        line: incident_loss\n", "options.managed.labour.people.line", "'incident_loss' is a risk line, not labour", "move it under risk:"),
    Case("        classes: [live, agents]\n        input_price", "        classes: [live, agent]\n        input_price", "options.managed.token.api.classes",
         "there is no demand class 'agent'", "did you mean 'agents'?"),
    Case("        classes: [live, agents]\n        input_price", "        classes: [live, live]\n        input_price", "options.managed.token.api.classes",
         "'['live', 'live']' is not a name or a list of names, each once", "[one, two]"),
    Case("        classes: [live, agents]\n        input_price", "        classes: {live: 1}\n        input_price", "options.managed.token.api.classes", "is not a name or a list",
         "[one, two]"),
    Case("        classes: [live, agents]\n        input_price", "        classes: [1, 2]\n        input_price", "options.managed.token.api.classes", "is not a name or a list",
         "[one, two]"),
    Case("        classes: [live, agents]\n        input_price", "        classes: []\n        input_price", "options.managed.token.api.classes", "'[]' is not a name or a list",
         "[one, two]"),
    Case("        class: live\n        log_size", "        class: lives\n        log_size", "options.managed.storage.logs.class", "there is no demand class 'lives'", "did you mean 'live'?"),
    Case("        class: live\n        log_size", "        class: live\n        classes: [agents]\n        log_size", "options.managed.storage.logs.class",
         "class and classes stand together", "keep classes:", "        classes: [live]\n        log_size"),
    Case("        class: live\n        log_size", "        log_size", "options.managed.storage.logs", "'requests' is missing", "name the demand class it belongs to with class:",
         "        class: live\n        log_size", at="      logs:"),
    Case("        fleet: main\n", "        fleet: mian\n", "options.hosted.compute.buy.fleet", "there is no fleet 'mian' in this option", "did you mean 'main'?"),
    Case("        fleet: main\n", "        fleet: [main]\n", "options.hosted.compute.buy.fleet", "'['main']' is not a text", "a few words") if False else
    Case("        fleet: main\n", "        fleet: other\n", "options.hosted.compute.buy.fleet", "there is no fleet 'other' in this option", "known fleets: main"),
    Case("        line: staff\n", "        line: staff\n        fleet: main\n", "options.managed.labour.people.fleet", "there is no fleet 'main' in this option", "there are no fleets yet",
         "        line: staff\n", at="fleet: main\n        fte"),
    Case("        phases: migrate\n", "        phases: migration\n", "options.hosted.migration.work.phases", "there is no phase 'migration' in this option", "did you mean 'migrate'?"),
    Case("        line: staff\n", "        line: staff\n        phases: [migrate]\n", "options.managed.labour.people.phases", "there is no phase 'migrate' in this option", "known phases: run",
         "        line: staff\n        phases: [run]\n", at="phases: [migrate]"),
    Case("        line: staff\n", "        line: staff\n        escalates: yes\n", "options.managed.labour.people.escalates", "escalates is true or false, not 'yes'", "escalates: true",
         "        line: staff\n        escalates: true\n", at="escalates"),
]  # fmt: skip
PHASES = [
    Case("      migrate: 4\n      run: rest\n", f"      migrate: {length}\n      run: {rest}\n", field, says, mend, better and f"      migrate: {better}\n      run: rest\n", at=at)
    for length, rest, field, says, mend, better, at in (
        ("0", "rest", "options.hosted.phases.migrate", "'0' is not a number of months", "write migrate: 4", "4", "migrate: 0"),
        ("-4", "rest", "options.hosted.phases.migrate", "'-4' is not a number of months", "write migrate: 4", "4", "migrate: -4"),
        ("4.5", "rest", "options.hosted.phases.migrate", "'4.5' is not a number of months", "a whole number", "4", "migrate: 4.5"),
        ("4 months", "rest", "options.hosted.phases.migrate", "'4 months' is not a number of months", "write migrate: 4", "4", "migrate: 4"),
        ("true", "rest", "options.hosted.phases.migrate", "'True' is not a number of months", "write migrate: 4", "", "migrate: true"),
        ("", "rest", "options.hosted.phases.migrate", "'None' is not a number of months", "write migrate: 4", "", "migrate:"),
        ("24", "rest", "options.hosted.phases.run", "no month is left for 'run': the other phases take 24 of 24", "shorten another phase", "23", "run: rest"),
        ("99", "rest", "options.hosted.phases.run", "no month is left for 'run': the other phases take 99 of 24", "shorten another phase", "3", "run: rest"),
        ("4", "10", "options.hosted.phases", "the phases last 14 months in all and the horizon 24", "write run: rest", "4", "phases:"),
        ("4", "21", "options.hosted.phases", "the phases last 25 months in all and the horizon 24", "write run: rest", "4", "phases:"),
        ("rest", "rest", "options.hosted.phases", "the phases last 48 months in all and the horizon 24", "write run: rest", "4", "phases:"),
        ("1000000000000", "rest", "options.hosted.phases.run", "no month is left for 'run'", "shorten another phase", "", "run: rest"),
    )
] + [
    Case("    phases:\n      migrate: 4\n      run: rest\n", f"    phases: {bad}\n", "options.hosted.phases", says, "write phases: {migrate: 4, run: rest}",
         "    phases: {migrate: 4, run: rest}\n", at="phases:")
    for bad, says in (("[migrate, run]", "'phases' is '['migrate', 'run']', not a mapping"), ("24", "'phases' is '24', not a mapping"), ("{}", "'phases' is empty"))
]  # fmt: skip
RATE = "  EUR: {value: 1.1 USD/EUR, source: made for the tests, as_of: 2026-11-01}"
MONEY = [
    Case(RATE, f"  EUR: {rate}", "exchange_rates.EUR", says, mend, better and f"  EUR: {better}")
    for rate, says, mend, better in (
        ("1.1", "'1.1' is in 1; USD/EUR is needed", "write EUR: 1.1 USD/EUR", "1.1 USD/EUR"),
        ("0.9 EUR/USD", "'0.9 EUR/USD' is in EUR/USD; USD/EUR is needed", "write EUR: 1.1 USD/EUR", "1.1 USD/EUR"),
        ("0 USD/EUR", "'0 USD/EUR' is not above zero", "write EUR: 1.1 USD/EUR", ""),
        ("-1.1 USD/EUR", "'-1.1 USD/EUR' is not above zero", "write EUR: 1.1 USD/EUR", ""),
        ("about one", "'about one' does not start with a number", "12.5 USD/EUR", ""),
    )
] + [
    Case(RATE, f"{RATE}\n  {name}: {rate}", f"exchange_rates.{name}", says, "write one of EUR, GBP", RATE, at=f"{name}:")
    for name, rate, says in (("EURO", "1.1 USD/EUR", "'EURO' is not a foreign currency"), ("USD", "1 USD", "'USD' is not a foreign currency"), ("XAU", "5", "'XAU' is not a foreign currency"))
] + [
    Case(RATE, "  GBP: 1.3 USD/GBP", "options.managed.token.api.cached_price", "'0.25 EUR/Mtoken' is in EUR and the scenario in USD", "add exchange_rates: {EUR: 1.1 USD/EUR}",
         "  EUR: 1.1 USD/EUR", at="cached_price"),
    Case("  value: 4 USD/case", "  value: 4 GBP/case", "outcome.value", "GBP", "exchange_rates: {GBP: 1.1 USD/GBP}"),
    Case("  value: 4 USD/case", "  value: 4", "outcome.value", "'4' is without a unit; USD/case is needed", "USD/case", "  value: 4 USD/case"),
    Case("  value: 4 USD/case", "  value: -4 USD/case", "outcome.value", "'-4 USD/case' leaves the range at least 0", "at least 0", "  value: 0 USD/case"),
    *(
        Case("  unit: case\n", f"  unit: {unit}\n", "outcome.unit", f"'{shown or unit}' is not a thing that is counted", "write unit: case", "")
        for unit, shown in (("USD", ""), ("month", ""), ("widget", ""), ("GB", ""), ("kcase", "") if False else ("Mtoken", ""), ("5", ""), ("[case]", "['case']"), ('"%"', "%"))
    ),
    Case("  unit: case\n", "  unit: task\n", "outcome.volume", "gives case/month where task/month is needed", 'quantity("1 task/case")') if False else
    Case("    success_share: 62% to 71%", "    success_share: 110%", "options.managed.success_share", "'110%' leaves the range between 0 and 1", "between 0 and 1", "    success_share: 1"),
    Case("  decide_by: npv_cost", "  decide_by: net_value", "decision.decide_by", "net_value needs the value of an outcome", "add outcome: value:") if False else
    Case("    success_share: 62% to 71%", "    success_share: most", "options.managed.success_share", "'most' does not start with a number", "12.5"),
]  # fmt: skip
PAIR = "  - between: [hit_share, pay]\n    rank: 0.3"
CORRELATIONS = [
    Case("rank: 0.3", "rank: 1.3", "correlations.0.rank", "'1.3' is above 1, the most allowed", "rank: 1 or less", "rank: 1.0"),
    Case("rank: 0.3", "rank: -2", "correlations.0.rank", "'-2.0' is below -1", "rank: -1 or more", "rank: -1"),
    Case("rank: 0.3", "rank: strong", "correlations.0.rank", "'strong' is not a number", "rank: 0.5", "rank: 0.5"),
    Case("rank: 0.3", "rank: 30%", "correlations.0.rank", "'30%' is not a number", "rank: 0.5"),
    Case("rank: 0.3", "rank: true", "correlations.0.rank", "'True' is not a number", "rank: 0.5"),
    Case("rank: 0.3", "rank: .nan", "correlations.0.rank", "'.nan' is not a finite number", "finite number"),
    Case("rank: 0.3", "rnk: 0.3", "correlations.0.rnk", "unknown key 'rnk'", "did you mean 'rank'?") if False else
    Case("rank: 0.3", "rank: 1e300", "correlations.0.rank", "'1e+300' is above 1", "rank: 1 or less"),
    Case("between: [hit_share, pay]", "between: [hit_share]", "correlations.0.between.1", "'1'", "") if False else
    Case("between: [hit_share, pay]", "between: hit_share", "correlations.0.between", "'hit_share' is not a list", "[first, second]", "between: [hit_share, pay]", at="between: hit_share"),
    Case("between: [hit_share, pay]", "between: [hit_share, pay, cases]", "correlations.0.between", "holds too many entries", "[first, second]"),
    Case("between: [hit_share, pay]", "between: [hit_share, 5]", "correlations.0.between.1", "'5' is not a text", "put it in quotes"),
    Case("between: [hit_share, pay]", "between: [hit_share, payy]", "correlations.0.between", "'payy' is not an uncertain input", "did you mean 'pay'?"),
    Case("between: [hit_share, pay]", "between: [hit_share, zzz]", "correlations.0.between", "'zzz' is not an uncertain input", "name an input with a range"),
    Case("between: [hit_share, pay]", "between: [pay, pay]", "correlations.0.between", "an input cannot be correlated with itself", "name two inputs", "between: [hit_share, pay]"),
    Case(PAIR, "  - pay", "correlations.0", "'0' is 'pay', not a mapping", "between: [first, second]", PAIR, at="pay\n  - between"),
    Case(PAIR, "  - {}", "correlations.0", "'0' is empty", "between: [first, second]", PAIR, at="{}\n"),
    Case("correlations:\n  - between: [hit_share, pay]\n    rank: 0.3\n  - between: [hit_share, growth_of_price]\n    rank: 0.2\n", "correlations: strong\n", "correlations",
         "correlations is a list, not 'strong'", "between: [first, second]", "correlations: []\n"),
]  # fmt: skip
REQUESTS = 'requests: = cases * quantity("3.2 request/case")'
FORMULAS = values(
    REQUESTS,
    "demand.live.requests",
    ("= casess * quantity(\"3.2 request/case\")", "unknown name 'casess' in a formula", "did you mean 'cases'?"),
    ("= nothing_known * 5", "unknown name 'nothing_known' in a formula", "name an input"),
    ("= cases", "'cases' gives case/month where request/month is needed", 'quantity("1 request/case")', '= cases * quantity("1 request/case")'),
    ("= cases + pay", "cannot be added or compared", "check the units"),
    ("= cases * 3", "gives case/month where request/month is needed", 'quantity("1 request/case")'),
    ("=", "'' is not a formula", ""),
    ("= cases *", "'cases *' is not a formula", ""),
    ("= (cases", "'(cases' is not a formula", ""),
    ("= cases; cases", "'cases; cases' is not a formula", ""),
    ("= __import__('os').system('true')", "'__import__('os').system('true')' is not allowed in a formula", "use names, numbers"),
    ("= ().__class__", "", "") if False else ("= open('x')", "unknown function 'open'", "known: ceil"),
    ("= eval('1')", "unknown function 'eval'", "known"),
    ("= exec('1')", "unknown function 'exec'", "did you mean 'exp'?") if False else ("= print(1)", "unknown function 'print'", ""),
    ("= [cases]", "'[cases]' is not allowed in a formula", "use names, numbers"),
    ("= {1: 2}", "", "") if False else ("= [c for c in (1, 2)]", "is not allowed in a formula", "use names, numbers"),
    ("= cases if 1 else 2", "'cases if 1 else 2' is not allowed in a formula", "use names, numbers"),
    ("= lambda: 1", "'lambda: 1' is not allowed in a formula", "use names, numbers") if False else ('"= lambda: 1"', "is not allowed in a formula", "use names, numbers"),
    ("= cases and pay", "'cases and pay' is not allowed in a formula", "use names, numbers"),
    ("= not cases", "'not cases' is not allowed in a formula", "use names, numbers"),
    ("= cases == 5", "'cases == 5' is not allowed in a formula", "use names, numbers"),
    ("= cases % 2", "'cases % 2' is not allowed in a formula", "use names, numbers"),
    ("= cases // 2", "'cases // 2' is not allowed in a formula", "use names, numbers"),
    ("= cases @ 2", "'cases @ 2' is not allowed in a formula", "use names, numbers"),
    ("= cases[0]", "'cases[0]' is not allowed in a formula", "use names, numbers"),
    ("= f'{cases}'", "is not allowed in a formula", "use names, numbers") if False else ("= 'text'", "\"'text'\" is not" if False else "is not allowed in a formula", "use names, numbers"),
    ("= 1j", "'1j' is not allowed in a formula", "use names, numbers"),
    ("= None", "'None' is not allowed in a formula", "use names, numbers"),
    ("= True", "true and false are not numbers", ""),
    ("= ...", "'...' is not allowed in a formula", "use names, numbers"),
    ("= (x := 5)", "is not allowed in a formula", "use names, numbers"),
    ("= cases < 5 < 6", "is not allowed in a formula", "use names, numbers"),
    ("= maxx(cases, cases)", "unknown function 'maxx'", "did you mean 'max'?"),
    ("= max(cases)", "max was given 1 arguments", ""),
    ("= max()", "max was given 0 arguments", ""),
    ("= max(cases, cases, cases)", "max was given 3 arguments", ""),
    ("= max(cases, key=cases)", "is not allowed in a formula", "use names, numbers"),
    ("= lag(cases, 1.5)", "lag(values, months) needs a whole number of months", "such as lag(x, 3)") if False else ("= lag(cases, -1)", "lag(values, months) needs a whole number of months", ""),
    ("= lag(cases)", "lag(values, months) needs a whole number of months", ""),
    ("= quantity(5)", "quantity takes one text", ""),
    ('= quantity("5 parsecs/month")', "'5 parsecs/month' holds an unknown unit 'parsecs'", ""),
    ('= quantity("5k to 20k request/month")', "must be one number", "name an uncertain value under inputs:"),
    ('= quantity("nan request/month")', "'nan request/month' is not a finite number", ""),
    ("= cases > pay", "cannot be added or compared", ""),
    ("= where(cases, 1, 2)", "the first argument of where(…) must be a comparison", ""),
    ("= exp(cases)", "a plain number is needed here, not case/month", ""),
    ("= cases ** 2", "a plain number is needed here, not case/month", ""),
    ("= " + "1" * 400, "is too large a number", ""),
    ("= " + "+".join(["cases"] * 300), "the formula has more than 400 parts", "split it"),
    ("= " + "(" * 150 + "1" + ")" * 150, "is not a formula", ""),
    ("= " + "1+" * 1500 + "1", "characters", ""),
    ("= options.managed.token.total", "gives USD/month where request/month is needed", "quantity("),
    ("= demand.live.requests", "circular formula: demand.live.requests → demand.live.requests", "from inputs alone"),
    ("= demand.live.outputs", "unknown name 'demand.live.outputs'", "did you mean"),
    ("= demand.nobody.requests", "unknown name 'demand.nobody.requests'", "did you mean"),
    ("= cases.growth", "unknown name 'cases.growth'", ""),
    ("= 5 USD", "'5 USD' is not a formula", ""),
)  # fmt: skip
LINES = values(
    'formula: = demand.live.requests * quantity("0.0001 USD/request")',
    "options.managed.fees.own.formula",
    ("demand.live.requests * 5", "a formula starts with '='", "write formula: '= demand"),
    ("5", "a formula starts with '=': '5' does not", "write formula: '= demand"),
    ("[1]", "a formula starts with '='", "write formula: '= demand"),
    ("= demand.live.requests", "'= demand.live.requests' gives request/month, which is no cost", "write it in USD/month"),
    ("= pay", "'= pay' gives USD/FTE/year, which is no cost", "write it in USD/month"),
    ("= 5", "'= 5' gives ratio, which is no cost", "write it in USD/month"),
    ("= token.api", "unknown name 'token.api'", "did you mean"),
    ("= tokn.total", "unknown name 'tokn.total'", "did you mean 'token.total'?"),
    ("= fees.own", "circular formula: options.managed.fees.own → options.managed.fees.own", "inputs alone"),
    ("= fees.total", "circular formula", "inputs alone"),
    ('= quantity("5 GBP/month")', "money in GBP needs an exchange rate", "exchange_rates: {GBP"),
)  # fmt: skip
REACH = [
    Case("  hit_share: 30% to 50%", "  hit_share: 0.3 to 1.5", "demand.live.cached_share", "cached_share must be at least 0 and at most 1", "min(…) and max(…)", at="cached_share: ="),
    Case("  hit_share: 30% to 50%", "  hit_share: 120%", "demand.live.cached_share", "reaches 1.2; cached_share must be at least 0 and at most 1", "min(…) and max(…)",
         at="cached_share: =") if False else
    Case("cached_share: = hit_share", "cached_share: = 1.2 * hit_share + 0.9", "demand.live.cached_share", "cached_share must be at least 0 and at most 1", "min(…)",
         "cached_share: = min(1.2 * hit_share + 0.9, 1)"),
    Case("cached_share: = hit_share", "cached_share: = hit_share - 1", "demand.live.cached_share", "cached_share must be at least 0 and at most 1", "max(…)",
         "cached_share: = max(hit_share - 1, 0)"),
    Case("cached_share: = hit_share", "cached_share: {start: 90%, growth: 20%/year}", "demand.live.cached_share", "reaches 1.27; cached_share must be at least 0 and at most 1", "min(…)"),
    Case("turns: pert(3, 6, 12) turns/task", 'turns: = quantity("0.5 turn/task")', "demand.agents.turns", "reaches 0.5; turns must be at least 1", "max(…)",
         'turns: = max(quantity("0.5 turn/task"), quantity("1 turn/task"))'),
    Case("output_tokens_per_second: 2000 token/second/replica", 'output_tokens_per_second: = quantity("0 token/second/replica")', "options.hosted.fleets.main.output_tokens_per_second",
         "reaches 0; output_tokens_per_second must be above 0", "max(…)"),
    Case("        fte: 0.5 FTE", '        fte: = quantity("-1 FTE")', "options.managed.labour.people.fte", "reaches -1; fte must be at least 0", "max(…)"),
]  # fmt: skip
CASES = [*KEYS, *MISSING, *EMPTY, *NAMES, *REFERENCES, *PHASES, *MONEY, *CORRELATIONS, *FORMULAS, *LINES, *REACH]
