create or replace temp view {table} as from {view}
