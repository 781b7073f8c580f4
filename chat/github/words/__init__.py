"""What people type behind /github: questions to GitHub, and what the room hears of it."""
