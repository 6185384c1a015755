"""What a provider's headers say about its limits: how much is left, until when, and how long to stay away."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PREFIXES = ("", "llm_provider-", "llm_provider_")
"""LiteLLM passes a provider's headers on under its own prefix as well."""
_MOMENT, _MOMENT_MS = 1e9, 1e12
"""Numbers from here on are moments in Unix time, in seconds or milliseconds, and no spans."""
LONGEST_S = 366 * 86400.0
"""Nobody is waited for longer; a nonsensical header must not break the calendar."""


@dataclass(frozen=True)
class Quota:
    """How much of one limit is left, and in how many seconds it is whole again."""

    limit: float
    remaining: float
    reset_s: float


@dataclass(frozen=True)
class Limits:
    """The quotas a reply's headers told; `None` where they told none."""

    requests: Quota | None = None
    tokens: Quota | None = None

    @classmethod
    def read(cls, headers: Mapping[str, str], now: datetime | None = None) -> "Limits | None":
        """From OpenAI's (`x-ratelimit-…`) or Anthropic's (`anthropic-ratelimit-…`) headers, and their many imitations."""
        told = {name.lower(): str(value) for name, value in headers.items() if "ratelimit" in name.lower()}
        if not told:
            return None
        now = now or datetime.now(UTC)
        found = cls(_quota(told, "requests", now), _quota(told, "tokens", now))
        return found if found.requests or found.tokens else None


def _quota(told: Mapping[str, str], of: str, now: datetime) -> Quota | None:
    for prefix in _PREFIXES:
        for pattern in ("x-ratelimit-{part}-{of}", "anthropic-ratelimit-{of}-{part}"):
            limit, remaining, reset = (told.get(prefix + pattern.format(part=part, of=of)) for part in ("limit", "remaining", "reset"))
            try:
                if limit and remaining:
                    whole = seconds(reset or "", now)
                    return Quota(float(limit), float(remaining), 60.0 if whole is None else whole)
            except ValueError:
                continue
    return None


def seconds(said: str, now: datetime | None = None) -> float | None:
    """A span as providers write it (`1.2s`, `6m0s`, `30`, a date by HTTP or ISO 8601, Unix time) in seconds; `None` if it is none."""
    span = _span(said.strip(), now or datetime.now(UTC))
    return None if span is None or not math.isfinite(span) else min(max(0.0, span), LONGEST_S)


def _span(said: str, now: datetime) -> float | None:
    try:
        number = float(said)
    except ValueError:
        pass
    else:
        return number if number < _MOMENT else number / (1 if number < _MOMENT_MS else 1000) - now.timestamp()
    if said and _PART.sub("", said) == "":
        return sum(float(number) * _UNIT_S[unit] for number, unit in _PART.findall(said))
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = parse(said)
        except (ValueError, TypeError):
            continue
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (moment - now).total_seconds()
    return None


def wait_asked(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """How long the provider asks to be left alone (`retry-after-ms`, `retry-after`), in seconds."""
    told = {name.lower(): str(value) for name, value in headers.items()}
    for prefix in _PREFIXES:
        if (ms := told.get(f"{prefix}retry-after-ms")) and (wait := seconds(ms)) is not None:
            return wait / 1000
        if (after := told.get(f"{prefix}retry-after")) and (wait := seconds(after, now)) is not None:
            return wait
    return None
