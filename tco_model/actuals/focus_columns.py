"""Turns the header of a FOCUS export into its version, the columns that hold our table, and the mandatory ones it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tco_model.actuals.columns import CHARGES

MANDATORY = (
    "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "BillingAccountId", "BillingAccountName", "BillingCurrency",
    "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory", "ChargeClass",
    "ChargeDescription", "InvoiceIssuerName", "PricingQuantity", "PricingUnit", "ServiceCategory", "ServiceName",
    "ServiceProviderName",
)  # fmt: skip
"""Columns that FOCUS 1.0 to 1.4 require in every export."""
SINCE: Mapping[str, tuple[str, ...]] = {
    "1.4": ("CommitmentProgramEligibilityDetails", "InvoiceDetailId"),
    "1.3": ("ServiceProviderName", "HostProviderName", "AllocatedMethodId", "AllocatedResourceId", "AllocatedResourceName",
            "AllocatedTags", "ContractApplied", "AllocatedMethodDetails"),
    "1.2": ("BillingAccountType", "SubAccountType", "InvoiceId", "PricingCurrency", "PricingCurrencyEffectiveCost",
            "PricingCurrencyContractedUnitPrice", "PricingCurrencyListUnitPrice"),
    "1.1": ("CapacityReservationId", "CapacityReservationStatus", "CommitmentDiscountQuantity", "CommitmentDiscountUnit", "SkuMeter",
            "SkuPriceDetails", "ServiceSubcategory"),
}  # fmt: skip
"""Columns by the version of FOCUS that brought them in, newest first."""
ALIASES: Mapping[str, tuple[str, ...]] = {"ServiceProviderName": ("ProviderName",), "HostProviderName": ("PublisherName",)}
"""Names until FOCUS 1.2 of what 1.3 renamed."""
SIGNS_OF_FOCUS = frozenset({"billedcost", "effectivecost", "chargecategory", "chargeperiodstart", "billingperiodstart"})
OURS = ("x_ChargeKey", "x_Source", "x_File")


@dataclass(frozen=True, slots=True)
class Header:
    """What a FOCUS header says: its version, the positions that feed each of our columns, first given value first."""

    version: str
    sources: Mapping[str, Sequence[int]]
    missing: Sequence[str]
    """Mandatory columns that are absent."""
    strange: Sequence[str]
    """Columns that are neither of FOCUS 1.0 to 1.4 nor marked as custom by ``x_``."""


def looks_like_focus(names: Iterable[str]) -> bool:
    """Say whether a header holds enough of the columns by which a bill is known."""
    return len(SIGNS_OF_FOCUS & {name.lower() for name in names}) >= len(SIGNS_OF_FOCUS) - 1


def read_header(names: Sequence[str]) -> Header:
    """Match the columns of a file, in any case and order, with ours."""
    places: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        places.setdefault(name.strip().lower(), []).append(position)
    sources: dict[str, Sequence[int]] = {}
    for column in CHARGES:
        spellings = (column, *ALIASES.get(column, ()))
        sources[column] = [place for spelling in spellings for place in places.get(spelling.lower(), ())] if column not in OURS else ()
    missing = [column for column in MANDATORY if not sources[column]]
    known = {name.lower() for name in (*CHARGES, *(name for names in (*SINCE.values(), *ALIASES.values()) for name in names))}
    strange = [name for name in names if name.lower() not in known | {"availabilityzone"} and not name.lower().startswith("x_")]
    return Header(_version(places), sources, missing, strange)


def _version(places: Mapping[str, object]) -> str:
    for version, names in SINCE.items():
        if any(name.lower() in places for name in names):
            return version
    return "1.0"
