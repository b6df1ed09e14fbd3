# The house's verbs. `just check` is the one gate; everything before a commit goes through it.

python := ".venv/bin/python"

# style, types, import rules, translations, vendored files, sizes, tests
check *args:
    ./viaggio test {{args}}

# kills, floods and attacks, many minutes long: before a release, and after touching what takes answers
faults *args:
    {{python}} -m pytest tests/faults tests/web/post/test_killed.py tests/web/pulse/fielding/test_kill.py tests/store/test_kill.py tests/store/test_erase.py tests/web/pulse/test_on_postgresql.py tests/web/incentive/test_on_postgresql.py {{args}}

# journeys, figures and scores on a cluster of Apache Spark that is started here: a master and two workers (needs Java 17)
spark *args:
    uv venv --quiet --allow-existing --python {{python}} .venv-spark
    uv pip install --quiet --python .venv-spark/bin/python --require-hashes -r requirements/dev.txt -r requirements/spark.txt
    .venv-spark/bin/python -m pytest tests/spark {{args}}

# only the quick part of the gate: no tests
lint:
    ./viaggio test --no-tests

# rewrite the sources in the house's format
format:
    {{python}} -m ruff format .
    {{python}} -m ruff check --fix .

# write the locks again from requirements/*.in (needs uv)
lock:
    {{python}} tools/lock.py

# gather sentences from code and templates into the catalogues, and compile them
translations:
    {{python}} tools/translations.py

# pictures of the pages for docs/, from the sample company
pictures:
    {{python}} tools/pictures.py
