"""Who is invited, who is inside as a visitor, and since when: docs/visitors.md."""
