"""A deck or a report as a file: what the file's name ends with says in which form."""

from collections.abc import Callable
from pathlib import Path

from engine.problems import UsageError
from engine.reports import data_files, pdf, report_html, report_slides, slides_html, slides_pptx
from engine.reports.report import Report
from engine.reports.sheets import Presentation


def _printed(presentation: Presentation, path: Path) -> None:
    pdf.write(slides_html.document(presentation, theme="light"), path)


FORMS: dict[str, Callable[[Presentation, Path], None]] = {
    "pptx": slides_pptx.write, "html": slides_html.write, "pdf": _printed, "zip": data_files.write,
}
"""By ending: slides with native charts, one file for a browser, the same printed, the data behind."""
TYPES = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "html": "text/html", "pdf": "application/pdf",
    "zip": "application/zip",
}


def form_of(path: Path) -> str:
    """The form that a file's name asks for. Raises `UsageError` for another ending."""
    form = path.suffix.removeprefix(".").lower()
    if form not in FORMS:
        raise UsageError(f"'{path.name}' has no ending that says a form; give one of {', '.join(f'.{one}' for one in FORMS)}")
    return form


def write(presentation: Presentation, path: Path) -> None:
    """Write a deck in the form that the file's name asks for. Raises `UsageError`, `PlumblineError`; leaves nothing half-written."""
    FORMS[form_of(path)](presentation, path)


def write_report(report: Report, path: Path) -> None:
    """Write a report: as a document to read (`html`, `pdf`), as slides, or the data behind. Raises as `write` does."""
    form = form_of(path)
    if form == "html":
        report_html.write(report, path)
    elif form == "pdf":
        pdf.write(report_html.document(report), path)
    else:
        write(report_slides.presentation(report), path)
