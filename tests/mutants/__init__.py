"""Faults that the tests must notice, each with the test that does; ``python -m tests.mutants`` puts them in one by one."""
