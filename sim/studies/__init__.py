"""One folder per question; the folder's name is the command's name."""
