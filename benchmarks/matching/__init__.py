"""The planner beside what coordinators do and beside general routing solvers, on the same made-up days."""
