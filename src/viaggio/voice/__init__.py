"""What they write: comments, reviews, tickets, posts."""
