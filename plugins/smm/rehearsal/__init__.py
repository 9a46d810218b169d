"""What targets would have come to: stored months judged by a changed file, and the letters that would have gone out."""
