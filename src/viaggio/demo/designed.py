"""How Officina Blu wants its customers to travel from the first look to the delivered bike."""

NAME = "Dalla scelta alla consegna"
MOVES = """from,to,touchpoints
start,guardare,
start,scegliere,
guardare,scegliere,"campaign,search,shop_browse,product_page"
scegliere,guardare,"advice,test_ride,quote"
guardare,comprare,"campaign,search,shop_browse,product_page"
scegliere,comprare,"advice,test_ride,quote"
comprare,pagare,"cart,checkout,store_purchase,marketplace_order"
comprare,guardare,"cart,checkout,store_purchase,marketplace_order"
pagare,ricevere,"payment,invoice,order_update"
comprare,ricevere,"cart,checkout,store_purchase,marketplace_order"
ricevere,pagare,delivery
ricevere,end,delivery
pagare,end,"payment,invoice,order_update"
"""
"""Moves between steps, with the touchpoints of each step."""
