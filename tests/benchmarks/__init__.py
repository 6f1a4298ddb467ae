"""Speed and memory of the engine beside others: `python -m tests.benchmarks` or `make bench`."""
