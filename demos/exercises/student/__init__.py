"""What a student does in a terminal: a folder of tasks, checking them, hints, solutions, and what is remembered."""
