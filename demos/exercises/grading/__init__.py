"""Grading for the teacher: what was handed in is found, judged in processes of its own, and put into tables."""
