"""Checks of a reply against one criterion: SQL expressions run apart, prompts for judges, and how either is proposed."""
