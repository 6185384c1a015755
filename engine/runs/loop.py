"""The event loop that conversations run on."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

if sys.platform == "win32":
    from asyncio import new_event_loop
else:  # takes an eighth less of the processor for each turn
    from uvloop import new_event_loop

Result = TypeVar("Result")


def until_done(main: Coroutine[Any, Any, Result]) -> Result:
    """`asyncio.run`, on uvloop where there is one."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(main)
