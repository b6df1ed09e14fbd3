select * exclude (digest) from touchpoint_dimension
