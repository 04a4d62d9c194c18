"""Turns calls and their shape into what a model API charges."""

from tco_model.lines.constants import TOKENS_PER_MTOKEN
from tco_model.lines.registry import cost_line


@cost_line(category="token", unit="USD/month")
def managed_tokens(
    requests, retry_share, input_tokens, cached_share, output_tokens, input_price, cached_price, output_price,
    cache_write_share, cache_write_premium, batch_share, batch_discount, discount_share, price_index, traffic_share, active,
):  # fmt: skip
    """Calls to a managed model API: fresh, cached and written tokens per call, retries, batch tier and discount [USD/month].

    `input_tokens` holds the cached tokens too, as providers count them; retries are charged like any call.
    """
    fresh = 1 - cached_share
    input_cost = input_tokens * (fresh * input_price * (1 + cache_write_share * cache_write_premium) + cached_share * cached_price)
    call_cost = (input_cost + output_tokens * output_price) / TOKENS_PER_MTOKEN
    net = (1 + retry_share) * (1 - batch_share * batch_discount) * (1 - discount_share) * traffic_share * active
    return requests * (call_cost * net * price_index)


@cost_line(category="token", unit="USD/month")
def embedding_tokens(requests, retry_share, input_tokens, input_price, discount_share, price_index, traffic_share, active):
    """Calls that only read, such as embeddings and reranking [USD/month]."""
    call_cost = input_tokens * input_price / TOKENS_PER_MTOKEN
    return requests * (call_cost * (1 + retry_share) * (1 - discount_share) * traffic_share * active * price_index)


@cost_line(category="token", unit="USD/month")
def check_tokens(
    tasks, checks_per_task, check_input_tokens, check_output_tokens, input_price, output_price, price_index, traffic_share, active
):  # fmt: skip
    """Calls of a guardrail or verifier model beside the main one [USD/month]."""
    call_cost = (check_input_tokens * input_price + check_output_tokens * output_price) / TOKENS_PER_MTOKEN
    return tasks * (checks_per_task * call_cost * traffic_share * active * price_index)


@cost_line(category="token", unit="USD/month")
def tool_fees(tool_calls, tool_price, retry_share, traffic_share, active):
    """Fees of the tools an agent calls: search, code sandbox, data provider; repeated with retries [USD/month]."""
    return tool_calls * (tool_price * (1 + retry_share) * traffic_share * active)


@cost_line(category="token", unit="USD/month")
def provisioned_throughput(provisioned_units, provisioned_price, active):
    """Provisioned throughput units, paid for whether used or not [USD/month]."""
    return provisioned_units * provisioned_price * active


@cost_line(category="token", unit="USD/month")
def fine_tuning(training_runs, training_tokens, training_price, active):
    """Fine-tuning runs billed by trained tokens [USD/month]."""
    return training_runs * training_tokens * training_price * active


LINES = (managed_tokens, embedding_tokens, check_tokens, tool_fees, provisioned_throughput, fine_tuning)
