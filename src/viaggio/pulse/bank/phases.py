"""Items of the four phases: one overall rating each, the aspects behind it, and what can be counted."""

from viaggio.journey.model import Phase
from viaggio.pulse.bank.entry import aspect, choice, count

_SOLVED = {
    "yes": ("Sì, del tutto", "Yes, fully"),
    "partly": ("In parte", "In part"),
    "no": ("No", "No"),
}

DISCOVERY = (
    aspect(Phase.DISCOVERY, "discovery_overall",
           "Come valuti nel complesso la tua ricerca di informazioni da noi?",
           "How do you rate looking for information with us overall?", "discovery as a whole", overall=True),
    aspect(Phase.DISCOVERY, "information_clear",
           "Come valuti la chiarezza delle informazioni che hai trovato?",
           "How do you rate the clarity of the information you found?", "clarity of information"),
    aspect(Phase.DISCOVERY, "search_result",
           "Come valuti la possibilità di trovare ciò che cercavi?",
           "How do you rate how well you could find what you were looking for?", "findability"),
    aspect(Phase.DISCOVERY, "comparison",
           "Come valuti il modo in cui hai potuto confrontare le offerte?",
           "How do you rate how well you could compare offers?", "comparability"),
    aspect(Phase.DISCOVERY, "advice",
           "Come valuti i consigli che hai ricevuto?",
           "How do you rate the advice you received?", "advice"),
    choice(Phase.DISCOVERY, "visit_goal",
           "Hai trovato quello che cercavi?", "Did you find what you were looking for?",
           options=_SOLVED, construct="goal reached"),
)  # fmt: skip

PURCHASE = (
    aspect(Phase.PURCHASE, "purchase_overall",
           "Come valuti nel complesso il tuo acquisto?",
           "How do you rate your purchase overall?", "purchase as a whole", overall=True),
    aspect(Phase.PURCHASE, "ordering",
           "Come valuti la semplicità dell'ordine?",
           "How do you rate how simple ordering was?", "ordering"),
    aspect(Phase.PURCHASE, "payment",
           "Come valuti il pagamento?",
           "How do you rate paying?", "payment"),
    aspect(Phase.PURCHASE, "delivery_time",
           "Come valuti la puntualità della consegna?",
           "How do you rate how punctual the delivery was?", "punctual delivery"),
    aspect(Phase.PURCHASE, "delivery_condition",
           "Come valuti le condizioni in cui è arrivato {product|il prodotto}?",
           "How do you rate the condition in which {product|the product} arrived?", "condition on arrival"),
    aspect(Phase.PURCHASE, "invoice_clear",
           "Come valuti la chiarezza della fattura?",
           "How do you rate the clarity of the invoice?", "clarity of the invoice"),
    choice(Phase.PURCHASE, "invoice_right",
           "La fattura corrispondeva a quanto ti aspettavi?",
           "Did the invoice match what you expected?", options=_SOLVED, construct="correct invoice"),
)  # fmt: skip

CARE = (
    aspect(Phase.CARE, "care_overall",
           "Come valuti nel complesso l'assistenza ricevuta?",
           "How do you rate the support you received overall?", "support as a whole", overall=True),
    aspect(Phase.CARE, "answer_speed",
           "Come valuti la rapidità con cui hai avuto risposta?",
           "How do you rate how quickly you got an answer?", "speed of the answer"),
    aspect(Phase.CARE, "answer_clear",
           "Come valuti la chiarezza della risposta?",
           "How do you rate the clarity of the answer?", "clarity of the answer"),
    aspect(Phase.CARE, "competence",
           "Come valuti la competenza di chi ti ha risposto?",
           "How do you rate the competence of the person who answered you?", "competence"),
    choice(Phase.CARE, "ticket_solved",
           "La tua richiesta è stata risolta?", "Has your request been solved?",
           options=_SOLVED, construct="solved in their eyes"),
    count(Phase.CARE, "contacts_needed",
          "Quante volte hai dovuto contattarci per questa richiesta?",
          "How many times did you have to contact us about this request?",
          most=50, construct="repeat contacts"),
)  # fmt: skip

MAINTENANCE = (
    aspect(Phase.MAINTENANCE, "repair_overall",
           "Come valuti nel complesso l'intervento?",
           "How do you rate the work done overall?", "repair as a whole", overall=True),
    aspect(Phase.MAINTENANCE, "appointment",
           "Come valuti la scelta di appuntamenti che avevi?",
           "How do you rate the choice of appointments you had?", "appointment"),
    aspect(Phase.MAINTENANCE, "technician_on_time",
           "Come valuti la puntualità del tecnico?",
           "How do you rate how punctual the technician was?", "punctual technician"),
    aspect(Phase.MAINTENANCE, "work_explained",
           "Come valuti la spiegazione del lavoro svolto?",
           "How do you rate how the work was explained?", "explanation of the work"),
    aspect(Phase.MAINTENANCE, "repair_cost",
           "Come valuti il costo rispetto al lavoro svolto?",
           "How do you rate the cost for the work done?", "value for money"),
    choice(Phase.MAINTENANCE, "fixed_first_time",
           "Il guasto è stato riparato alla prima visita?",
           "Was the fault repaired at the first visit?",
           options=_SOLVED, construct="fixed at the first visit"),
)  # fmt: skip

PHASES = (*DISCOVERY, *PURCHASE, *CARE, *MAINTENANCE)
