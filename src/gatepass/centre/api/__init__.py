"""The public API: the seven interfaces that GB/T 38963-2020 names, for programs with a token. docs/api.md."""
