"""Events: facts as they are recorded, and as the chain takes them back, pushed to subscribers."""
