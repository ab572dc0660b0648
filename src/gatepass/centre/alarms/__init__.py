"""What somebody must look at: armed, raised once, told to those on whom it falls, over when it is cured."""
