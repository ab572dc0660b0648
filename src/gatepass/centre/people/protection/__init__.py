"""People whom only named staff may see: somebody in a shelter, somebody who is looked for."""
