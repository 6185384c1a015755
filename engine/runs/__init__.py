"""Runs: from a plan to trials, from trials to turns."""
