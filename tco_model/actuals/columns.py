"""Turns the two tables every reader fills, the bill and the AI usage beside it, into one list of columns and types."""

from __future__ import annotations

from collections.abc import Mapping

TEXT, MONEY, TIME, TAGS, COUNT = "text", "money", "time", "tags", "count"
"""The kinds of column: VARCHAR, DECIMAL(38,12), TIMESTAMP in UTC without a zone, MAP of text to text, BIGINT."""
SCALE = 12
"""Digits kept behind the decimal point of money and quantities."""
DUCKDB: Mapping[str, str] = {
    TEXT: "VARCHAR",
    MONEY: f"DECIMAL(38,{SCALE})",
    TIME: "TIMESTAMP",
    TAGS: "MAP(VARCHAR, VARCHAR)",
    COUNT: "BIGINT",
}
"""How DuckDB spells each kind."""
IBIS: Mapping[str, str] = {
    TEXT: "string",
    MONEY: f"decimal(38, {SCALE})",
    TIME: "timestamp(6)",
    TAGS: "map<string, string>",
    COUNT: "int64",
}
"""How Ibis spells each kind."""

_TEXT_COLUMNS = (
    "BillingAccountId", "BillingAccountName", "SubAccountId", "SubAccountName", "BillingCurrency", "InvoiceId", "InvoiceIssuerName",
    "ServiceProviderName", "HostProviderName", "ServiceCategory", "ServiceSubcategory", "ServiceName", "RegionId", "RegionName",
    "ResourceId", "ResourceName", "ResourceType", "SkuId", "SkuPriceId", "ChargeCategory", "ChargeClass", "ChargeFrequency",
    "ChargeDescription", "PricingCategory", "PricingUnit", "PricingCurrency", "ConsumedUnit", "CommitmentDiscountId",
    "CommitmentDiscountName", "CommitmentDiscountCategory", "CommitmentDiscountType", "CommitmentDiscountStatus",
    "CommitmentDiscountUnit",
)  # fmt: skip
MONIES = (
    "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "PricingQuantity", "ConsumedQuantity", "ListUnitPrice",
    "ContractedUnitPrice", "CommitmentDiscountQuantity",
)  # fmt: skip
TIMES = ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd")
COSTS = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")
"""The amounts of a charge, in its billing currency; money out is positive."""

CHARGES: Mapping[str, str] = {
    **dict.fromkeys(_TEXT_COLUMNS, TEXT),
    **dict.fromkeys(MONIES, MONEY),
    **dict.fromkeys(TIMES, TIME),
    "Tags": TAGS,
    **dict.fromkeys(("x_ChargeKey", "x_Source", "x_File"), TEXT),
}
"""The bill: one row a charge, FOCUS 1.4 names, custom columns with ``x_``; name of the column to its kind."""
USAGE: Mapping[str, str] = {
    **dict.fromkeys(("StartTime", "EndTime"), TIME),
    **dict.fromkeys(("Provider", "Model", "ApiKey", "User", "Team", "Project", "Operation", "Status"), TEXT),
    **dict.fromkeys(("Requests", "InputTokens", "CachedInputTokens", "CacheWriteTokens", "OutputTokens", "ReasoningTokens"), COUNT),
    "Spend": MONEY,
    "Currency": TEXT,
    "Traffic": TEXT,
    "Tags": TAGS,
    **dict.fromkeys(("x_UsageKey", "x_Source", "x_File"), TEXT),
}
"""AI usage records, never added to the bill. InputTokens holds the cached tokens too; Traffic is live, evaluation, test or NULL."""


def ibis_schema(columns: Mapping[str, str]) -> dict[str, str]:
    """Return the columns with their types as Ibis spells them."""
    return {name: IBIS[kind] for name, kind in columns.items()}
