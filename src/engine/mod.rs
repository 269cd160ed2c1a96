//! The fast trainer: word2vec's own algorithm over a stream of ids.
