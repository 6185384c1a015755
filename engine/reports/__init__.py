"""From a finding to a room of people: pinned findings, decks, and what they become: slides, pages, files."""
