"""The benchmark: the full model beside a bare compiled loop and beside one SimPy process per project. `python -m tests.benchmark`."""
