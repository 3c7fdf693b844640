"""One module for each revision; none is ever changed after it was released."""
