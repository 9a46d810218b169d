"""What people write: how files are read, and mistakes in them told with their lines."""
