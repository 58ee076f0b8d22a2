"""Faults injected on purpose: the process killed, a statement failing, two writers at once."""
