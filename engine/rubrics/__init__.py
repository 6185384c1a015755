"""Rubrics at work: criteria that change, grades that go stale, who grades what next, what a change of numbers comes from."""
