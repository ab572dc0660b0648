"""The policies that make colours of facts: their versions, their approval, from when they rule, and what they do."""
