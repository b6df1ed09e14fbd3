left join touchpoint_dimension as place on place.id = fact.touchpoint
