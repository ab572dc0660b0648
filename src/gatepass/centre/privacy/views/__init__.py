"""Pages: for staff, for residents on their own phone, and for everybody."""
