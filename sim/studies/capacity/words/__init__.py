"""What one company and all of them would need, in words and numbers: said once for pictures, screen and report."""
