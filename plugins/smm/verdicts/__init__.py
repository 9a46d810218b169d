"""What a month comes to: met, missed, or why that is not known."""
