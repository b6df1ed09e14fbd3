-- A fact table as figures read it; only the joins that a question needs are put in.
select {columns} from ({live}) as fact
{joins}
