select {columns} from read_parquet({paths})
