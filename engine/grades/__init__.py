"""Whether a grader can be trusted: agreement of people, report cards of assertions, choosing among them, pass rates set right.

Pure functions over frames of grades and outcomes: nothing is stored or asked here. A *grade* is what a person says of an output under one
criterion (pass, fail, na); an *outcome* is what an assertion says of it (pass, fail, error).
"""
