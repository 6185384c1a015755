"""The whole window for one page of HTML: what is shown to a room of people."""

from streamlit.components.v2 import component

HTML = """
<div class="stage">
<iframe title="The deck, full screen" allow="fullscreen"></iframe>
</div>
"""
CSS = """
.stage { position: fixed; inset: 0; z-index: 1000000; background: Canvas; }
iframe { width: 100%; height: 100%; border: 0; display: block; }
"""
JS = """
const shown = new WeakMap(), listening = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const frame = parentElement.querySelector("iframe");
  if (shown.get(parentElement) !== data.html) {
    shown.set(parentElement, data.html);
    frame.srcdoc = data.html;
    frame.onload = () => frame.contentWindow.focus();
  }
  const heard = (event) => {
    if (event.source !== frame.contentWindow || !event.data || !event.data.plumbline) return;
    if (event.data.plumbline === "left") setTriggerValue("left", true);
    if (event.data.plumbline === "slide") {
      const here = new URL(window.location.href);
      here.searchParams.set("slide", event.data.at);
      window.history.replaceState(window.history.state, "", here);
    }
  };
  window.removeEventListener("message", listening.get(parentElement));
  listening.set(parentElement, heard);
  window.addEventListener("message", heard);
  return () => window.removeEventListener("message", listening.get(parentElement));
}
"""
_stage = component("plumbline_stage", html=HTML, css=CSS, js=JS)


def fill(page: str) -> bool:
    """Show a page of HTML over the whole window; whether the visitor has left it."""
    return bool(_stage(key="stage", data={"html": page}, on_left_change=lambda: None).left)
