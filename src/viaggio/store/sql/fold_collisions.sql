select id from verdicts where verdict = 'collision' order by place
