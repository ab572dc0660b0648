"""Web push: a subscribed browser shows that there is something new, also when no page is open: docs/webpush.md."""
