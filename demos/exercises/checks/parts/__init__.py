"""What several checks share, or one has too much of: tables of mistakes, laws, and how an answer's class is handled."""
