"""What makes the server safe to leave running: whom it lets in, what it tells of itself, how it ends."""
