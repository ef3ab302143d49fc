//! What goes wrong shows.
