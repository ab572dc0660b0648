"""Paper codes, and the grants by which a phone makes codes offline: given, replaced, reported lost."""
