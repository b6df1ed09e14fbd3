"""Italy's performance bonus (premio di risultato): rules as data, amounts as estimates, payroll decides."""
