"""Who is away, and who returns when: asked of the foreign residents of a community, or of a company's colleagues."""
