"""Yuanwen on the command line and in the browser."""
