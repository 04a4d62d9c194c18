"""Turns the shape of a demand class into calls, tokens per call and cached share, which every other line reads."""

from tco_model.lines.constants import ONE_AGENT_TURN, ONE_TURN, REQUEST_PER_TURN
from tco_model.lines.registry import Kind, driver


@driver(unit="token/month")
def input_volume(requests, retry_share, input_tokens):
    """Tokens read a month, cached tokens and retries included [token/month]."""
    return requests * (1 + retry_share) * input_tokens


@driver(unit="token/month")
def output_volume(requests, retry_share, output_tokens):
    """Tokens written a month, retries included [token/month]."""
    return requests * (1 + retry_share) * output_tokens


@driver(unit="token^2/request/month")
def context_volume(requests, retry_share, input_tokens, output_tokens):
    """Context that written tokens read a month: each reads the prompt and half of what is written [token^2/request/month]."""
    return requests * (1 + retry_share) * output_tokens * (input_tokens + output_tokens / 2)


@driver(unit="request/month")
def requests(tasks, turns, subagents, subagent_turns):
    """Model calls of agentic tasks: the main agent's turns and those of its sub-agents [request/month]."""
    return tasks * (turns + subagents * subagent_turns) * REQUEST_PER_TURN


@driver(unit="token/task")
def context_tokens(turns, system_tokens, new_tokens, written_tokens):
    """Context of the main agent's last turn: system prompt and all that was said before [token/task].

    Each turn adds `new_tokens` before the model writes, and what it wrote is in the context of the next turn.
    """
    return (system_tokens + new_tokens) * ONE_TURN + (turns - ONE_TURN) * (new_tokens + written_tokens)


@driver(unit="token/task")
def main_input_tokens(turns, system_tokens, new_tokens, written_tokens):
    """Tokens the main agent reads per task [token/task]: the context grows with each turn, so the sum is quadratic in turns.

    Turn k of n reads ``system + new + (k - 1) * (new + written)``; summed over k: ``n (system + new) + (new + written) n (n - 1) / 2``.
    """
    return turns * (system_tokens + new_tokens) + (new_tokens + written_tokens) * turns * (turns - ONE_TURN) / ONE_TURN / 2


@driver(unit="token/task")
def subagent_input_tokens(subagents, subagent_turns, system_tokens, new_tokens, written_tokens):
    """Tokens all sub-agents read per task; each starts with a fresh context of its own [token/task]."""
    growth = (new_tokens + written_tokens) * subagent_turns * (subagent_turns - ONE_AGENT_TURN) / ONE_AGENT_TURN / 2
    return subagents * (subagent_turns * (system_tokens + new_tokens) + growth)


@driver(unit="token/task")
def subagent_context_tokens(subagents, subagent_turns, system_tokens, new_tokens, written_tokens):
    """Context of the last turn of all sub-agents together: what they read at least once [token/task]."""
    return subagents * ((system_tokens + new_tokens) * ONE_AGENT_TURN + (subagent_turns - ONE_AGENT_TURN) * (new_tokens + written_tokens))


@driver(unit="token/request")
def input_tokens(main_input_tokens, subagent_input_tokens, turns, subagents, subagent_turns):
    """Tokens read per model call, on average over the turns of a task [token/request]."""
    return (main_input_tokens + subagent_input_tokens) / ((turns + subagents * subagent_turns) * REQUEST_PER_TURN)


@driver(unit="token/request")
def output_tokens(written_tokens):
    """Tokens written per model call [token/request]."""
    return written_tokens / REQUEST_PER_TURN


@driver(unit="share")
def cached_share(main_input_tokens, subagent_input_tokens, context_tokens, subagent_context_tokens, cache_hit_share):
    """Share of the tokens read that the prompt cache serves: all that was read before in the same run, times the hit share [1]."""
    read = main_input_tokens + subagent_input_tokens
    return cache_hit_share * (read - context_tokens - subagent_context_tokens) / read


@driver(unit="call/month")
def tool_calls(tasks, turns, subagents, subagent_turns, tool_calls_per_turn):
    """Tool calls a month [call/month]."""
    return tasks * (turns + subagents * subagent_turns) * tool_calls_per_turn


@driver(unit="request/month", name="requests")
def evaluation_requests(cycles, requests_per_cycle):
    """Model calls of evaluation cycles [request/month]."""
    return cycles * requests_per_cycle


REQUESTS = Kind(
    "requests",
    "demand",
    "calls of a known shape: live, retrieval or batch traffic",
    (input_volume, output_volume, context_volume),
    offers=("cached_share",),
)
AGENTIC_TASK = Kind(
    "agentic_task",
    "demand",
    "tasks worked in turns whose context grows, with sub-agents and tools; tokens follow from the shape",
    (
        requests, context_tokens, main_input_tokens, subagent_input_tokens, subagent_context_tokens, input_tokens, output_tokens,
        cached_share, tool_calls, input_volume, output_volume, context_volume,
    ),
)  # fmt: skip
EVALUATION = Kind(
    "evaluation",
    "demand",
    "test sets run in cycles",
    (evaluation_requests, input_volume, output_volume, context_volume),
    offers=("cached_share",),
)

KINDS = (REQUESTS, AGENTIC_TASK, EVALUATION)
