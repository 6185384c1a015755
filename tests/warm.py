"""Imported before processes are forked: everything the commands import, also what LiteLLM leaves until its first call."""

import asyncio
from contextlib import suppress

import duckdb_extension_ducklake  # pyright: ignore  # noqa: F401
import duckdb_extension_sqlite_scanner  # pyright: ignore  # noqa: F401
import pandas  # pyright: ignore  # noqa: F401
import pyarrow.ipc  # pyright: ignore  # noqa: F401

import engine.commands.app  # noqa: F401
from engine.models.catalogue import Model
from engine.models.gateway import Call
from engine.models.litellm_gateway import LiteLLMGateway
from engine.problems import CallFailed
from tests.extensions import check_once

NOBODY = Model(name="nobody", model="openai/nobody", base_url="http://127.0.0.1:9/v1")
with suppress(CallFailed):
    asyncio.run(LiteLLMGateway().reply(NOBODY, Call([{"role": "user", "content": "?"}], {"api_key": "any"})))
check_once()  # the processes forked from this one go without
