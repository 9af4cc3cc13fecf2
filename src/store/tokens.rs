//! Tokens: stored as hashes, shown once.
