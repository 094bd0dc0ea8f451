"""Promises that take minutes to prove, one module each; ``python -m tests.soak`` runs them all.

A module prints one line with its figures and ends with 1 when the promise is broken. ``--quick`` runs the small
part that the test suite runs too.
"""
