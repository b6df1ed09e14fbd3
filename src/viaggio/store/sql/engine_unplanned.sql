error('column was not planned')::{type} as {column}
