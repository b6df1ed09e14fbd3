"""Names that look Italian and belong to nobody in particular."""

FIRST_NAMES: tuple[str, ...] = (
    "Giulia", "Francesca", "Chiara", "Martina", "Sara", "Alessia", "Elena", "Valentina", "Federica",
    "Silvia", "Laura", "Paola", "Anna", "Marta", "Giorgia", "Elisa", "Ilaria", "Claudia", "Roberta",
    "Simona", "Cristina", "Beatrice", "Camilla", "Aurora", "Sofia", "Alice", "Noemi", "Irene", "Serena",
    "Monica", "Daniela", "Lucia", "Marco", "Andrea", "Luca", "Matteo", "Alessandro", "Davide",
    "Francesco", "Simone", "Lorenzo", "Stefano", "Paolo", "Giovanni", "Riccardo", "Fabio", "Roberto",
    "Antonio", "Giuseppe", "Nicola", "Enrico", "Tommaso", "Filippo", "Pietro", "Giacomo", "Emanuele",
    "Michele", "Daniele", "Salvatore", "Vincenzo", "Gabriele", "Edoardo", "Leonardo", "Claudio",
    "Massimo", "Alberto", "Giorgio", "Sergio",
)  # fmt: skip

LAST_NAMES: tuple[str, ...] = (
    "Rossi", "Ferrari", "Esposito", "Bianchi", "Romano", "Colombo", "Ricci", "Marino", "Greco", "Bruno",
    "Gallo", "Conti", "Costa", "Giordano", "Mancini", "Rizzo", "Lombardi", "Moretti", "Barbieri",
    "Fontana", "Santoro", "Mariani", "Rinaldi", "Caruso", "Ferrara", "Galli", "Martini", "Leone", "Longo",
    "Gentile", "Martinelli", "Vitale", "Lombardo", "Serra", "Coppola", "Marchetti", "Parisi", "Villa",
    "Conte", "Ferraro", "Ferri", "Fabbri", "Bianco", "Marini", "Grasso", "Valentini", "Messina", "Sala",
    "Gatti", "Pellegrini", "Palumbo", "Sanna", "Farina", "Rizzi", "Monti", "Cattaneo", "Morelli", "Amato",
    "Silvestri", "Mazza", "Testa", "Grassi", "Pellegrino", "Carbone", "Giuliani", "Benedetti", "Barone",
    "Rossetti", "Caputo", "Montanari", "Guerra", "Palmieri", "Bernardi", "Martino", "Fiore", "Donati",
    "Basile", "Neri", "Zanella", "Tosi", "Bassi", "Piras", "Orlando", "Vitali", "Sorrentino", "Negri",
    "Battaglia", "Riva", "Volpe", "Ruggiero", "Pagano", "Milani", "Ferretti", "Piazza",
)  # fmt: skip

FOREIGN_FIRST: tuple[str, ...] = (
    "Emma", "Olivia", "Hannah", "Lena", "Sophie", "Anna", "Julia", "Clara", "Nora", "Ingrid", "Maria",
    "Kate", "Laura", "Lucy", "Grace", "Amelia", "Eva", "Petra", "Katarina", "James", "Thomas", "Oliver",
    "Lukas", "Jonas", "Felix", "Peter", "Henrik", "Erik", "Daniel", "Samuel", "Adam", "Martin", "Simon",
    "Patrick", "Michael", "David", "Robert", "Priya", "Amina", "Mei", "Yuki", "Carlos", "Ana", "Pavel",
    "Marek",
)  # fmt: skip

FOREIGN_LAST: tuple[str, ...] = (
    "Smith", "Taylor", "Walker", "Hughes", "Clarke", "Baker", "Murphy", "Byrne", "Schmidt", "Weber",
    "Fischer", "Hoffmann", "Koch", "Bauer", "Jansen", "Visser", "Larsen", "Nilsson", "Lindberg", "Novak",
    "Horvat", "Kowalski", "Dubois", "Moreau", "Garcia", "Silva", "Santos", "Keller", "Huber", "Steiner",
    "Gruber", "Patel", "Tanaka",
)  # fmt: skip

FIRM_KINDS: tuple[str, ...] = (
    "Hotel", "Albergo", "Agriturismo", "Consegne", "Noleggio", "Campeggio", "Studio",
    "Cooperativa", "Residence", "Farmacie",
)  # fmt: skip

FIRM_NAMES: tuple[str, ...] = (
    "Bellavista",
    "Al Sole",
    "Miramare",
    "Due Torri",
    "La Quercia",
    "Stella Alpina",
    "Porta Nuova",
    "Villa Serena",
    "Il Girasole",
    "Riva Azzurra",
    "Montebianco",
    "Le Palme",
    "Centrale",
    "San Marco",
    "Verdeblu",
    "La Rocca",
    "Pedale Verde",
    "Città Viva",
    "Colli Euganei",
    "Tre Fontane",
    "Lungarno",
    "Vento del Nord",
)
