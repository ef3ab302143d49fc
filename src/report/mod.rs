//! What a replay prints.
