"""What providers' headers say, in each of the ways they say it."""

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.models.limits import Limits, Quota, seconds, wait_asked

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("said", "span"), [
    ("1.2s", 1.2), ("6m0s", 360), ("1h2m3s", 3723), ("250ms", 0.25), ("1d", 86400), ("2m59.56s", 179.56), ("30", 30), (" 30 ", 30),
    ("0", 0), ("0s", 0), ("-5", 0), ("1m500ms", 60.5),
    ("2026-05-04T12:01:30Z", 90), ("2026-05-04T14:01:30+02:00", 90), ("2026-05-04T11:00:00Z", 0), ("2026-05-04T12:01:30", 90),
    ("Mon, 04 May 2026 12:02:00 GMT", 120), ("Mon, 04 May 2026 11:02:00 GMT", 0), ("Mon, 04 May 2026 14:02:00 +0200", 120),
    (str(NOW.timestamp() + 45), 45), (str(round(NOW.timestamp() + 45) * 1000), 45), (str(NOW.timestamp() - 45), 0),
])
def test_a_span_is_read_however_it_is_written(said: str, span: float) -> None:
    assert seconds(said, NOW) == pytest.approx(span, abs=0.001)


@pytest.mark.parametrize("said", ["", "soon", "5 apples", "s", "1.2.3s", "Mon", "2026-13-45", "nan", "inf", "-inf", "1e400"])
def test_what_is_no_span_is_none(said: str) -> None:
    assert seconds(said, NOW) is None


@given(st.text() | st.from_regex(r"[0-9a-zA-Z:,+ .-]{1,30}", fullmatch=True) | st.floats().map(str) | st.integers().map(str))
def test_any_header_is_a_span_that_can_be_waited_for_or_none(said: str) -> None:
    span = seconds(said, NOW)
    assert span is None or (math.isfinite(span) and span >= 0)
    assert span is None or NOW + timedelta(seconds=span) >= NOW, "a calendar knows the moment"


@given(st.integers(0, 366 * 86400))
def test_a_moment_is_as_far_away_in_every_spelling(ahead: int) -> None:
    moment = NOW + timedelta(seconds=ahead)
    assert seconds(format_datetime(moment, usegmt=True), NOW) == seconds(moment.isoformat(), NOW) == ahead


OPENAI = {
    "x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-requests": "499", "x-ratelimit-reset-requests": "120ms",
    "x-ratelimit-limit-tokens": "30000", "x-ratelimit-remaining-tokens": "29000", "x-ratelimit-reset-tokens": "6m0s",
}
ANTHROPIC = {
    "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "0",
    "anthropic-ratelimit-requests-reset": "2026-05-04T12:00:20Z",
}
BOTH = Limits(Quota(500, 499, 0.12), Quota(30000, 29000, 360))


@pytest.mark.parametrize(("headers", "found"), [
    (OPENAI, BOTH), (ANTHROPIC, Limits(requests=Quota(50, 0, 20))),
    ({name.upper(): value for name, value in OPENAI.items()}, BOTH),
    ({f"llm_provider-{name}": value for name, value in OPENAI.items()}, BOTH),
    ({f"llm_provider_{name}": value for name, value in OPENAI.items()}, BOTH),
    ({name: value for name, value in OPENAI.items() if "tokens" in name}, Limits(tokens=Quota(30000, 29000, 360))),
    ({"content-type": "text/html"}, None), ({}, None), ({"x-ratelimit-user": "me"}, None),
])
def test_quotas_are_read_from_the_headers_of_many_providers(headers: dict[str, str], found: Limits | None) -> None:
    assert Limits.read(headers, NOW) == found


@pytest.mark.parametrize(("changed", "found"), [
    ({"x-ratelimit-reset-requests": ""}, Quota(500, 499, 60)), ({"x-ratelimit-reset-requests": "whenever"}, Quota(500, 499, 60)),
    ({"x-ratelimit-reset-requests": "0s"}, Quota(500, 499, 0)),
    ({"x-ratelimit-remaining-requests": "many"}, None), ({"x-ratelimit-limit-requests": ""}, None),
    ({"x-ratelimit-limit-requests": "500, 500;w=60"}, None),
])
def test_a_quota_half_told_is_completed_or_left_out(changed: dict[str, str], found: Quota | None) -> None:
    limits = Limits.read(OPENAI | changed, NOW)
    assert limits
    assert (limits.requests, limits.tokens) == (found, BOTH.tokens)


@pytest.mark.parametrize(("headers", "wait"), [
    ({"retry-after": "7"}, 7), ({"Retry-After": "Mon, 04 May 2026 12:00:09 GMT"}, 9), ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
    ({"retry-after-ms": "soon", "retry-after": "2"}, 2), ({"llm_provider-retry-after": "3"}, 3),
    ({"llm_provider-retry-after-ms": "20"}, 0.02),
    ({"retry-after": "0"}, 0), ({"retry-after": "soon"}, None), ({"retry-after": ""}, None), ({}, None),
])
def test_the_wait_a_provider_asks_for_is_the_most_exact_it_tells(headers: dict[str, str], wait: float | None) -> None:
    assert wait_asked(headers, NOW) == wait
