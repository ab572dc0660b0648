"""What is known of residents that a colour may depend on: declarations, stays, contacts, tests, quarantine."""
