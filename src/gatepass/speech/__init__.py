"""What the gate says aloud: prompts in five languages, rendered once, shipped as Opus, replaceable by human voices."""
