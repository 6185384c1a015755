"""Plumbline's engine: benchmarks are played with models, turns are kept, metrics are read from them."""

__version__ = "0.2.0"
