//! A buffer of cells as a picture.
