"""Figures: pure functions from frames of estimates to Plotly figures, for pages and decks alike."""
