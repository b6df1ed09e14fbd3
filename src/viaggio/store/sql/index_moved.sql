select node, before, after from moved order by node
