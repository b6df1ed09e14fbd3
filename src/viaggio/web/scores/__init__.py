"""The pages of scores: what customers say of us, and whether it changed."""
