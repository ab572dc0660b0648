"""The pages: `steps` for phone and desk alike, `board` for those who expect people."""
