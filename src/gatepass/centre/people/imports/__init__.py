"""Lists of residents and of addresses from a spreadsheet: mapped, checked, mended, run, and undone if need be."""
