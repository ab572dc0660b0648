"""What gate and centre say to each other, and how it is signed and sealed."""
