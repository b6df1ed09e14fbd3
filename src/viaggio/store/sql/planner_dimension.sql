create table {name} ({columns})
