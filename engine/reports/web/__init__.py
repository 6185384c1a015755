"""Decks and reports as HTML files that need nothing else: `slides.document`, `report.document`."""
