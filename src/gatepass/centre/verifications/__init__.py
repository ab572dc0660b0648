"""Is this code good? What a gate would say of it, for programs and for whoever holds a paper in their hand."""
