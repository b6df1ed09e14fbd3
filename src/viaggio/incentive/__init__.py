"""What it pays: who works where, and later plans, pools and statements."""
