customer in ({nodes})
