"""The reference backend: definitions of operators, scoring and correlation in NumPy."""

from dfqgp.backends.reference.session import ReferenceBackend, ReferenceSession

__all__ = ["ReferenceBackend", "ReferenceSession"]
