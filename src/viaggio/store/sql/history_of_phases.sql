select * from ({rows}) where list_contains($phases::varchar[], phase)
