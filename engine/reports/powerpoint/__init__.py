"""Decks as PowerPoint files with charts and tables that can be edited: `slides.write`."""
