"""What people read, written in one place: numbers, lists, names, schedules, conditions, advice."""
