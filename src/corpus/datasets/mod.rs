//! Corpora that quickvec knows by name.
