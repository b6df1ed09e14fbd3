"""What columns and codes are called out there, in Italian and English."""

import re
import unicodedata
from collections.abc import Mapping

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[a-z0-9]+")

IDENTIFIERS: Mapping[str, str] = {
    "customer_number": (
        "customer number, customer id, customer, customer code, client, client number, user id, member id, "
        "cliente, codice cliente, id cliente, numero cliente, cod cliente, tessera, numero tessera"
    ),
    "email": "email, e mail, mail, email address, posta elettronica, indirizzo email",
    "phone": "phone, phone number, mobile, telephone, tel, telefono, cellulare, cell, numero di telefono",
    "visitor": "visitor, visitor id, cookie, cookie id, anonymous id, client id, visitatore, session user",
    "account_id": (
        "account, account id, company, company id, vat, vat number, azienda, codice azienda, partita iva, "
        "p iva, piva, ragione sociale, ditta"
    ),
}

_CURRENCY = "currency, currency code, valuta, divisa"
_CAMPAIGN = "campaign, campagna, utm campaign, promozione"
_CHANNEL = "channel, canale, medium, sales channel, canale di vendita, canale di contatto, mezzo"
_DEVICE = "device, device type, dispositivo, apparecchio"
_ORDER_ID = (
    "order id, order number, order, number, "
    "ordine, numero, numero ordine, id ordine, codice ordine, n ordine, nr ordine"
)
_PRODUCT = "product, product id, sku, item, article, prodotto, codice prodotto, articolo, codice articolo"
_LANGUAGE = "language, lang, locale, lingua"

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "orders": {
        "id": _ORDER_ID + ", id",
        "status": "status, order status, state, stato, stato ordine",
        "channel": _CHANNEL,
        "ordered_at": (
            "order date, ordered at, ordered, order purchase timestamp, purchase date, "
            "created at, placed at, date, data ordine, "
            "data, data acquisto, data e ora, ordinato il"
        ),
        "promised_at": (
            "promised at, promised date, "
            "estimated delivery, order estimated delivery date, delivery promised, "
            "consegna prevista, data consegna prevista, consegna promessa, prevista consegna"
        ),
        "shipped_at": "shipped at, ship date, shipping date, data spedizione, spedito il, spedizione",
        "delivered_at": (
            "delivered at, delivery date, order delivered customer date, data consegna, consegnato il, "
            "consegna effettiva"
        ),
        "total_cents": (
            "total, amount, order total, grand total, totale, importo, importo totale, valore, "
            "totale ordine"
        ),
        "freight_cents": "freight, shipping cost, shipping, spese di spedizione, spedizione costo, trasporto",
        "currency": _CURRENCY,
        "campaign": _CAMPAIGN,
    },
    "order_lines": {
        "id": "line id, order line id, riga, id riga, numero riga",
        "order_id": _ORDER_ID,
        "product": _PRODUCT,
        "category": "category, product category, categoria, reparto, famiglia",
        "quantity": "quantity, qty, pieces, quantita, qta, pezzi",
        "amount_cents": "amount, line total, price, sales value, importo, importo riga, prezzo, totale riga",
        "discount_cents": "discount, sconto",
        "freight_cents": "freight, freight value, trasporto",
        "ordered_at": "order date, ordered at, date, data ordine, data",
        "returned_at": "returned at, return date, data reso, reso il",
        "currency": _CURRENCY,
        "campaign": _CAMPAIGN,
    },
    "payments": {
        "id": "payment id, id pagamento, transaction id, transazione",
        "order_id": _ORDER_ID,
        "method": "payment method, payment type, method, metodo di pagamento, tipo pagamento, metodo",
        "instalments": "instalments, installments, payment installments, rate, numero rate",
        "amount_cents": "amount, payment value, paid amount, importo, importo pagato, pagato",
        "currency": _CURRENCY,
        "paid_at": "paid at, payment date, data pagamento, pagato il, data",
    },
    "interactions": {
        "id": (
            "event id, interaction id, ticket id, id evento, id interazione, codice evento, "
            "numero ticket, id"
        ),
        "touchpoint": (
            "touchpoint, event, event name, activity, punto di contatto, evento, attivita, "
            "pagina, concept name"
        ),
        "channel": _CHANNEL,
        "device": _DEVICE,
        "phase": "phase, fase",
        "moment": "moment, momento",
        "started_at": (
            "started at, start, timestamp, event time, date, "
            "time, opened at, data, data ora, data evento, inizio, "
            "ora inizio, aperto il, quando, time timestamp"
        ),
        "ended_at": "ended at, end, closed at, fine, data fine, ora fine, chiuso il",
        "episode": (
            "episode, case, case id, session, session id, ticket, episodio, pratica, sessione, "
            "case concept name"
        ),
        "outcome": "outcome, result, resolution, esito, risultato",
        "cost_cents": "cost, costo",
        "value_cents": "value, amount, valore, importo",
        "currency": _CURRENCY,
    },
    "visits": {
        "id": "session id, visit id, session, id sessione, id visita, sessione, visita",
        "channel": _CHANNEL,
        "device": _DEVICE,
        "started_at": "started at, session start, visit date, timestamp, date, data, inizio, data visita",
        "seconds": "seconds, duration, time on site, session duration, durata, secondi, tempo sul sito",
        "pages": "pages, page views, pageviews, pagine, pagine viste, pagine visitate",
        "bounced": "bounced, bounce, rimbalzo",
        "converted": "converted, conversion, purchased, convertito, conversione, acquisto",
        "goal": "goal, obiettivo",
        "value_cents": "value, transaction value, valore, importo",
        "returning": "returning, returning visitor, di ritorno",
        "currency": _CURRENCY,
    },
    "customers": {
        "id": "customer id, customer number, codice cliente, id cliente, numero cliente, account id, id",
        "kind": "kind, customer type, type, tipo, tipo cliente, natura",
        "name": (
            "name, full name, customer name, company name, nome, nominativo, ragione sociale, "
            "nome cliente"
        ),
        "segment": "segment, segmento, mercato",
        "region": "region, state, province, regione, provincia, prov",
        "city": "city, town, citta, comune, localita",
        "language": _LANGUAGE,
        "since": (
            "since, customer since, registration date, signup date, cliente dal, "
            "data registrazione, iscritto il"
        ),
    },
    "answers": {
        "id": "answer id, response id, submission id, id risposta, id questionario, respondent, id",
        "response": (
            "response, response id, submission id, respondent, id risposta, risposta, "
            "id questionario, id"
        ),
        "value": (
            "score, rating, vote, nps, csat, ces, "
            "value, grade, stars, voto, punteggio, valutazione, giudizio, "
            "soddisfazione, stelle, review score, consiglierebbe"
        ),
        "touchpoint": "touchpoint, punto di contatto",
        "phase": "phase, fase",
        "channel": _CHANNEL,
        "language": _LANGUAGE,
        "order_id": _ORDER_ID,
        "wave": "wave, ondata, rilevazione",
        "answered_at": (
            "answered at, submitted at, response date, completed at, date, timestamp, data risposta, data, "
            "compilato il, data compilazione"
        ),
    },
    "texts": {
        "id": "review id, comment id, ticket id, id recensione, id commento, id",
        "body": (
            "comment, review, text, body, message, "
            "feedback, description, review text, verbatim, commento, recensione, "
            "testo, messaggio, descrizione, commenti, note, motivazione, osservazioni"
        ),
        "rating": "rating, score, stars, review score, voto, stelle, punteggio, valutazione",
        "language": _LANGUAGE,
        "touchpoint": "touchpoint, punto di contatto",
        "phase": "phase, fase",
        "channel": _CHANNEL,
        "order_id": _ORDER_ID,
        "product": _PRODUCT,
        "written_at": (
            "written at, review date, created at, date, "
            "timestamp, data, data recensione, scritto il, data commento, "
            "data apertura"
        ),
    },
    "contracts": {
        "id": "contract id, subscription id, id contratto, numero contratto, contratto, abbonamento",
        "product": _PRODUCT + ", plan, piano",
        "started_at": "start, start date, contract start, inizio, data inizio, decorrenza, attivazione",
        "ended_at": "end, end date, cancellation date, fine, data fine, disdetta, cessazione, data disdetta",
        "monthly_cents": "monthly fee, monthly charges, fee, canone, canone mensile",
        "end_reason": "end reason, churn reason, motivo, motivo disdetta",
        "currency": _CURRENCY,
    },
    "costs": {
        "id": "cost id, invoice id, id costo, documento",
        "kind": "cost type, cost kind, kind, tipo costo, tipo di costo, voce di costo",
        "function": "function, department, business function, funzione, reparto, ufficio",
        "amount_cents": "cost, amount, costo, importo, spesa",
        "incurred_at": "incurred at, date, invoice date, data, data fattura, mese, competenza",
        "campaign": _CAMPAIGN,
        "currency": _CURRENCY,
    },
}  # fmt: skip
"""Per table and column, the names under which it is found; the first is the surest, but all count alike."""

CODES: Mapping[str, Mapping[str, str]] = {
    "channel": {
        "web": (
            "web, site, website, online, ecommerce, e commerce, sito, sito web, internet, "
            "negozio online, browser"
        ),
        "app": "app, mobile app, applicazione",
        "store": "store, shop, in store, retail, pos, negozio, punto vendita, pdv, filiale",
        "phone": "phone, call, call center, telephone, telefono, telefonata, chiamata, numero verde",
        "chat": "chat, live chat, whatsapp, chatbot, messenger",
        "email": "email, e mail, mail, pec, posta elettronica",
        "courier": "courier, delivery, corriere, consegna, vettore",
        "marketplace": "marketplace, amazon, ebay, zalando",
        "social": "social, social media, facebook, instagram, tiktok, linkedin",
        "review_site": "review site, reviews, trustpilot, google reviews, recensioni, tripadvisor",
        "technician": "technician, field service, tecnico, intervento tecnico",
        "post": "post, letter, paper mail, posta, lettera, raccomandata",
    },
    "device": {
        "desktop": "desktop, computer, pc, laptop",
        "phone": "phone, mobile, smartphone, cellulare, telefono",
        "tablet": "tablet, ipad",
        "other": "other, tv, console, altro",
    },
    "phase": {
        "discovery": "discovery, awareness, conoscenza, scoperta",
        "purchase": "purchase, buying, acquisto, vendita",
        "care": "care, support, customer care, assistenza, assistenza clienti, supporto",
        "maintenance": "maintenance, upkeep, repair, manutenzione, riparazione",
    },
    "moment": {
        "before": "before, pre, prima",
        "during": "during, durante",
        "after": "after, post, dopo",
    },
    "kind": {
        "person": "person, private, individual, consumer, persona, privato, consumatore, persona fisica",
        "account": "account, company, business, azienda, impresa, societa, ditta, persona giuridica",
    },
    "segment": {
        "b2b": "b2b, business, azienda, aziende, impresa",
        "b2c": "b2c, consumer, privato, privati, consumatori",
    },
    "function": {
        "marketing": "marketing, comunicazione",
        "sales": "sales, vendite, commerciale",
        "ecommerce": "ecommerce, e commerce, digital",
        "logistics": "logistics, logistica, magazzino, spedizioni",
        "billing": "billing, fatturazione, amministrazione",
        "customer_care": "customer care, customer service, assistenza clienti, servizio clienti, assistenza",
        "field_service": "field service, assistenza tecnica, tecnici, interventi",
        "human_resources": "human resources, hr, risorse umane, personale",
        "it": "it, sistemi informativi, informatica, ict",
    },
}
"""Per kind of code, the words that stand for each allowed code."""


def normal(name: str) -> str:
    """Lower case without accents and signs: `DataOrdine` and `data_ordine` become `data ordine`."""
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", name))
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark)).lower()
    return " ".join(_WORD.findall(plain))


def likeness(name: str, synonyms: str) -> int:
    """How well a column's name fits: 100 the same, less where only words are shared, 0 not at all."""
    found = normal(name)
    best = 0
    for synonym in synonyms.split(", "):
        if found == synonym:
            return 100
        known, words = set(synonym.split()), set(found.split())
        if known <= words:
            best = max(best, 60 + 30 * len(known) // max(len(words), 1))
        elif words and words <= known:
            best = max(best, 30 + 20 * len(words) // len(known))
    return best


def code_for(column: str, value: str) -> str | None:
    """The allowed code that a value found in the wild stands for, or None."""
    found = normal(value)
    for code, synonyms in CODES.get(column, {}).items():
        if found == normal(code) or found in synonyms.split(", "):
            return code
    return None
