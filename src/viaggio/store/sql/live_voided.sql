-- Parts of which a later part replaced some rows: {voided} lists them by file and key.
select {columns}
from read_parquet({paths}) as part
where not exists (
    from {voided} as gone where gone.filename = part.filename and gone.key = part.key
)
