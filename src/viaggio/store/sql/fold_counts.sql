select verdict, count(*) as rows from verdicts group by verdict
