"""What kernels compute in one cell: scalar functions that every target compiles into its own loops."""
