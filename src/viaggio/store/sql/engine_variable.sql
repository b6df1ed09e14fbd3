set variable {name} = $value
