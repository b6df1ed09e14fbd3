select place from verdicts where not stays order by place
