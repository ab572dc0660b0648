"""A resident's photo: only with consent, sealed, small, and gone when the consent is."""
