"""Questions of residents: approved answers found while typing, the gate's rule in words, and a desk with a clock."""
