"""One module for each claim of speed: `python -m benchmarks.NAME [--quick]`.

The last line is one JSON object: `ratios` (our speed over a peer's, in the same run), `figures`
(numbers with their unit in the key), `agree` (whether our results equal the peers') and `missed`
(targets that were not met).
"""
