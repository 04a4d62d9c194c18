"""Turns nothing into commented files to begin with; they fit the sample year of ``tco actuals demo``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tco_model.finops import budget_rules, evidence, forecast_plan

STARTER = """\
schema: 1
# EffectiveCost spreads commitments over what used them: for showback. BilledCost is the invoice: for chargeback.
cost: EffectiveCost
# How pools serve pools: direct (not at all), step_down (each those below it) or reciprocal (all each other, solved exactly).
method: step_down

# What is read from tags, however the tags spell it: the first key that a charge carries holds.
# tco tags holds usage charges to what is required, with its allowed values, from the month in since.
dimensions:
  owner: {tags: [owner, team], required: true}
  product: {tags: [product]}
  environment:
    tags: [environment, env]
    values: {prod: production, dev: development}
    allowed: [production, staging, development, test]
    required: true

# In order: the first rule that takes a charge holds. What none takes is shown as nobody's, with its largest items.
rules:
  - {name: support plan, when: {ServiceName: "*Support*"}, pool: support}
  - {name: observability for all, when: {SubAccountName: observability}, pool: observability}
  - {name: platform for all, when: {SubAccountName: platform-shared}, pool: platform}
  - {name: tagged with an owner, owner_from: owner}
  - {name: support accounts, when: {SubAccountName: [support-*, proj_support*]}, owner: support-eng}
  - {name: model training, when: {SubAccountName: [ml-*]}, owner: ml-research}

# Unit costs, for tco unit-metrics: some charges, or all that an owner bears, for each unit of what came of it.
metrics:
  # A business outcome, counted in outcomes.csv. It can be held against the scenario that foresaw it, here or with --scenario:
  #   against: {scenario: decision.yaml, option: managed, categories: [token, compute, storage, observability]}
  - {name: cost per resolved case, unit: case, owner: support-eng, per: outcomes, product: support-assistant}
  - {name: cost per search, unit: search, when: {"dimension:product": shop-search}, per: outcomes, product: shop-search}
  # Requests and tokens of customers, apart from those of tests. Where a gateway and a provider log the same calls, x_Source says which
  # of them counts.
  - name: live model request
    unit: 1k requests
    when: {SubAccountName: proj_support_live}
    per: usage
    column: Requests
    usage: {x_Source: openai_usage, Project: proj_support_live}
    scale: 1000
  - name: live tokens
    unit: 1k tokens
    when: {SubAccountName: proj_support_live}
    per: usage
    column: [InputTokens, OutputTokens]
    usage: {x_Source: openai_usage, Project: proj_support_live}
    scale: 1000
  - name: evaluation request
    unit: 1k requests
    when: {SubAccountName: proj_support_eval}
    per: usage
    column: Requests
    usage: {x_Source: litellm, Traffic: evaluation}
    scale: 1000
  # The same by size: bands of input tokens begin at these. It takes a log with a record for each request, as a gateway writes it.
  - name: gateway request
    unit: 1k requests
    when: {SubAccountName: [proj_support_eval, proj_agents]}
    per: usage
    column: Requests
    usage: {x_Source: litellm}
    scale: 1000
    bands: [8000, 16000, 32000, 64000]
  # Unused commitments are in the cost and not in the hours: an idle fleet shows.
  - name: GPU-hour of serving
    unit: GPU-hour
    when: {SubAccountName: ml-serving, ServiceName: "*GPU"}
    per: quantity
    consumed_unit: GPU-Hours
  - name: GPU-hour of training
    unit: GPU-hour
    when: {SubAccountName: ml-train, ServiceName: "*GPU"}
    per: quantity
    consumed_unit: GPU-Hours
  # Things told apart by what the records name: a run by its tag (or by ResourceName, where each job is a resource), a cycle by its day.
  - {name: training run, unit: run, when: {SubAccountName: ml-train}, per: distinct, distinct: "tag:run"}
  - name: evaluation cycle
    unit: cycle
    when: {SubAccountName: [support-eval, proj_support_eval]}
    per: distinct
    distinct: day
    usage: {x_Source: litellm, Traffic: evaluation}

# On what a chargeback books; change these invented numbers.
cost_centers: {support-eng: "4100", shop-eng: "4200", data: "4300", ml-research: "4400"}

# Shared costs, in the order in which they step down.
pools:
  support: {split: proportional}
  platform: {split: proportional}
  observability: {split: even}
"""

RULES = "allocation.yaml"
"""Of a workspace, or of the folder that one works in."""
PLAN = """\
schema: 1
# What is known to come, on top of what the past says; tco forecast reads this file. Change these invented plans.
steps:
  # A model is trained each third month.
  - {name: training run, of: ml-research, from: 2026-11, to: 2026-11, plus: 2900, source: training plan, as_of: 2026-10-01}  # USD a month
  - {name: next training run, of: ml-research, from: 2027-02, to: 2027-02, plus: 2900, source: training plan, as_of: 2026-10-01}
  - {name: warehouse credits dearer, of: data, from: 2027-01, times: 1.04, source: letter of the provider, as_of: 2026-09-15}
  - {name: second region, of: shop-eng, from: 2027-03, plus: 4000, source: launch plan, as_of: 2026-09-20}
# Volume times unit cost in place of the series: a unit cost of the allocation file, and volumes that are known.
drivers:
  support-eng: {metric: cost per resolved case, volume: {2026-10: 24500, 2026-11: 24700, 2026-12: 25000}}
# A method of your own choice: naive, seasonal_naive, drift, growth, run_rate.
methods:
  ml-research: naive  # its training runs are planned above
"""
"""The forecast file of the sample year; `forecast_plan.STARTER` plans nothing."""
SAMPLE: Mapping[str, str] = {
    RULES: STARTER,
    budget_rules.FILE: budget_rules.STARTER,
    forecast_plan.PLAN: PLAN,
    evidence.FILE: evidence.STARTER,
}
"""The files of a workspace that the sample year is read by: name to text."""


def sample_files(workspace: Path) -> dict[Path, str]:
    """Return the files that the sample year is read by and that its workspace does not have yet."""
    return {workspace / name: text for name, text in SAMPLE.items() if not (workspace / name).exists()}
