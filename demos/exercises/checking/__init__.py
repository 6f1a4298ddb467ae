"""How an answer is checked: compared with what is right, called so that its errors are told, and in isolation."""
