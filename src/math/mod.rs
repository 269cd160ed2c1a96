//! Numbers: matrices, random generators, and the kernels over them.
