"""What is kept of people, why and for how long; forgetting it, proving it, and showing it to whoever it is about."""
