"""The reference solutions, a file for each task."""
