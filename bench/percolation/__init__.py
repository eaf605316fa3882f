"""The percolator beside its rivals, on one workload: what `bench.percolate` is made of."""
