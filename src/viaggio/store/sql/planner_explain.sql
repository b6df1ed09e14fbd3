explain (format json) {query}
