"""Pages of the pulse, for staff and for those who answer."""
