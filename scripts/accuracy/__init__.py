"""How accurate operators are on inputs that break careless kernels, and what other libraries make of these."""
