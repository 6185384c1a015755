"""One output at a time, graded by keyboard, touch or screen reader; the next ones wait in the browser, so that none is waited for."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

STATIC = Path(__file__).parent / "static"
HTML = """
<div class="grading">
<div class="bar"><span class="how-far"></span><progress max="1" aria-label="How far you are"></progress><span class="kept"></span></div>
<div class="said" role="status" aria-live="polite"></div>
<p class="empty"></p>
<div class="card">
<details><summary>The prompt</summary><div class="prompt"></div></details>
<div class="reply" tabindex="0" role="region" aria-label="The reply"></div>
<ol class="criteria"></ol>
<label class="noting" hidden><span></span><textarea maxlength="5000"></textarea></label>
</div>
<div class="tools">
<button class="undo" aria-label="Undo the last verdict">Undo <kbd>U</kbd></button>
<button class="note" aria-label="Write a note">Note <kbd>M</kbd></button>
<button class="next" aria-label="Put off, show the next output">Put off, next <kbd>Space</kbd></button>
</div>
</div>
"""
CSS, JS = ((STATIC / f"grading.{kind}").read_text("utf-8") for kind in ("css", "js"))
_desk = component("plumbline_grading", html=HTML, css=CSS, js=JS)


def desk(data: Mapping[str, Any], on_sent: Callable[[], None], key: str) -> None:
    """The grading desk.

    data: desk (names rubric and grader: another one begins anew), words (a digest of the criteria: others, too), cards (the next outputs:
    output, again, prompt, reply, criteria, given), acked (ids of what has been kept), far, share, empty, problem (words), locked. What was
    pressed and is not acked yet is in `st.session_state[key].sent` when `on_sent` is called: dicts with id and kind (grade, undo, skip,
    unskip). The browser sends them again until they are acked.
    """
    _desk(key=key, data=dict(data), on_sent_change=on_sent)
