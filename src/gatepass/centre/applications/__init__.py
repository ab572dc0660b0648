"""Applications for a health code: by oneself on a phone, for somebody else, or at the desk."""
