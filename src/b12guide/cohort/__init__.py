"""Many patients at once: frames in, frames out."""
