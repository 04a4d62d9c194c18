"""Turns nothing into a commented allocation file to begin with; it fits the sample year of ``tco actuals demo``."""

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

# On what a chargeback books; change these invented numbers.
cost_centers: {support-eng: "4100", shop-eng: "4200", data: "4300", ml-research: "4400"}

# Shared costs, in the order in which they step down.
pools:
  support: {split: proportional}
  platform: {split: proportional}
  observability: {split: even}
"""
