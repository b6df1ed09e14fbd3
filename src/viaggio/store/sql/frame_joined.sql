select node, customer from identity where node <> customer
