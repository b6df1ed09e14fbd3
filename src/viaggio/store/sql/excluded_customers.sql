-- Everybody who gave an answer in a span.
select distinct customer from answers
where answered_at >= $since and answered_at < $until and customer is not null
