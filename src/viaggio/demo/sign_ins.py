"""The people of Officina Blu who sign in to Viaggio: one for each role, two of the staff office."""

SIGN_INS: tuple[tuple[str, str, str, str, str], ...] = (
    ("titolare@officinablu.example", "Livia Moretti", "owner", "", "it"),
    ("cx@officinablu.example", "Marco Bellini", "cx_manager", "", "it"),
    ("logistica@officinablu.example", "Sara Conti", "head_of_function", "logistics", "it"),
    ("analyst@officinablu.example", "Emma Clarke", "analyst", "", "en"),
    ("assistenza@officinablu.example", "Paolo Riva", "case_handler", "customer_care", "it"),
    ("personale@officinablu.example", "Giulia Ferri", "hr", "human_resources", "it"),
    ("compensi@officinablu.example", "Marta Villa", "hr", "human_resources", "it"),
    ("paghe@officinablu.example", "Dario Greco", "payroll", "", "it"),
    ("direzione@officinablu.example", "Anna Galli", "approver", "", "it"),
    ("officina@officinablu.example", "Luca Fontana", "employee", "field_service", "it"),
    ("rsu@officinablu.example", "Elena Serra", "works_council", "", "it"),
    ("auditor@officinablu.example", "James Hill", "auditor", "", "en"),
    ("privacy@officinablu.example", "Chiara Longo", "data_protection", "", "it"),
)
"""E-mail, name, role, business function, language."""
