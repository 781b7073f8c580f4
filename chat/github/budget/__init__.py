"""What calls to GitHub cost this installation as a whole, all of its processes together."""
