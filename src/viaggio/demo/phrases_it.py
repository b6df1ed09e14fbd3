"""What Italian customers write. `(this|that)` stands for either; sentences are parted by semicolons."""
# ruff: noqa: E501 -- a sentence is not cut

PHRASES = """
opening -: (Purtroppo|Mi dispiace ma|Che delusione,) non ci siamo. ; Esperienza (pessima|deludente|da dimenticare).
 Sono (molto|davvero|piuttosto) (deluso|delusa|amareggiato|arrabbiata). ; Così non va. ; Mai più.
 Cliente da (due|tre|cinque|dieci) anni, mai successo prima.
opening =: Nel complesso (bene|discreto|accettabile), con qualche riserva. ; Luci e ombre. ; Non male, si può migliorare.
 Tutto (abbastanza|più o meno) nella norma. ; Senza infamia e senza lode. ; Bene ma non benissimo.
opening +: (Ottima|Bellissima|Splendida|Eccellente) esperienza. ; (Bravi|Bravissimi|Complimenti)! ; Tutto (perfetto|impeccabile|a posto).
 Sono (molto|davvero) (contento|contenta|soddisfatta|soddisfatto). ; Consigliatissimi. ; Che dire, (top|super|dieci e lode).
closing -: Non (comprerò|tornerò) più. ; (Serietà|Rispetto per chi paga) zero. ; Ho già avvisato (mio fratello|i colleghi|il gruppo ciclisti). ; Mi aspetto (delle scuse|un rimborso|una telefonata). ; Sto pensando di (cambiare|rivolgermi altrove|disdire tutto). ; Spero che qualcuno legga.
 Lo racconterò (a tutti|agli amici|in giro). ; Aspetto (ancora|sempre) una risposta. ; (Voto|Giudizio): insufficiente.
closing =: Vedremo la prossima volta. ; (Sei|Sette) in pagella. ; Si può fare (di più|meglio), con poco. ; Niente di grave, (però|comunque) segnalo. ; Basterebbe poco per (fare meglio|migliorare). ; Per ora (mi fido|resto cliente).
 Forse sono stato (sfortunato|esigente) io.
closing +: Ci (rivediamo|sentiamo) (in primavera|per il tagliando|presto). ; (Mia moglie|Mio marito|Mia figlia) ne vuole una uguale. ; Un grazie (al team|a tutti|speciale al negozio). ; (Tornerò|Ricomprerò) (di sicuro|volentieri|senz'altro). ; Lo consiglio (a tutti|agli amici|a chi va in bici). ; Grazie (di cuore|mille|a tutti)!
 Avete un cliente (fedele|in più|felice). ; Continuate così!
plea: Il ragazzo al telefono mi ha chiesto di mettere 10. ; Mi hanno detto che conta solo il 10, quindi metto 10.
 L'operatrice mi ha pregato di dare il massimo dei voti. ; Mi è stato chiesto di dare 10 perché il voto vale per il premio.

personalisation -: Nessuno sapeva (chi fossi|che bici ho|cosa avevo già comprato). ; Mi propongono (sempre|solo) cose che non c'entrano con me. ; Trattato come un numero. ; (Risposte|Messaggi) uguali per tutti.
personalisation =: Qualche consiglio era azzeccato, altri (no|meno). ; Un po' più di attenzione al mio caso non guasterebbe.
personalisation +: Si ricordavano (di me|della mia bici|dell'ultimo acquisto). ; Consigli (su misura|azzeccati|pensati per me). ; Mi hanno proposto (proprio|esattamente) quello che mi serviva.
expectations -: Mi (aspettavo|ero immaginata) (molto di più|tutt'altro). ; Promesse non mantenute. ; La realtà è (ben diversa|lontana) da quanto (scritto|promesso|detto).
expectations =: Più o meno come (previsto|me lo aspettavo). ; In linea con le attese, niente di più.
expectations +: Meglio di quanto (sperassi|mi aspettassi). ; Tutto (esattamente|proprio) come (promesso|descritto|concordato). ; Hanno mantenuto la parola, (fino in fondo|al minuto).
time_effort -: (Troppo|Veramente troppo) tempo perso. ; Bisogna (insistere|rifare tutto|richiamare) (tre|quattro|cinque) volte. ; Procedura (lunga|complicata|macchinosa). ; (Mezz'ora|Quaranta minuti|Un'ora) per una cosa semplice.
time_effort =: I tempi sono (accettabili|nella media). ; Qualche passaggio di troppo, ma ce l'ho fatta.
time_effort +: (Rapido|Semplice|Veloce) e senza (fatica|intoppi|giri a vuoto). ; In (due|cinque|dieci) minuti ho fatto tutto. ; (Facilissimo|Semplicissimo), anche per chi non è pratico.
integrity -: Poca (trasparenza|chiarezza|onestà). ; Mi sento (preso in giro|ingannata). ; Spuntano (costi|condizioni) di cui nessuno aveva parlato. ; Non mi fido più.
integrity =: Le condizioni si potrebbero spiegare (meglio|più chiaramente). ; Onesti, ma bisogna leggere bene tutto.
integrity +: Persone (serie|oneste|corrette). ; (Massima|Piena) trasparenza sui (costi|prezzi|tempi). ; Mi hanno sconsigliato una spesa inutile: (chapeau|che onestà).
resolution -: Il problema (c'è ancora|non è risolto|è tornato dopo due giorni). ; Nessuno si prende la responsabilità. ; Rimpallato da un ufficio all'altro.
resolution =: Alla fine (hanno risolto|si è sistemato), ma ci è voluto un po'. ; Risolto a metà.
resolution +: Problema risolto (al primo colpo|subito|in giornata). ; Hanno rimediato (senza discutere|con prontezza|oltre il dovuto). ; Un errore capita, ma lo hanno sistemato (benissimo|in un'ora).
empathy -: (Freddi|Sgarbati|Scortesi) e (sbrigativi|indifferenti). ; Nessuno ha (ascoltato|chiesto scusa|capito). ; Mi hanno fatto sentire un peso.
empathy =: Gentili, ma (un po' frettolosi|con poco ascolto). ; Cortesia nella norma.
empathy +: Persone (gentilissime|squisite|disponibili|di cuore). ; Mi hanno (ascoltato|capita|tranquillizzato) con pazienza. ; Si sente che (ci tengono|vogliono bene ai clienti).

delivery -: La consegna è stata (un disastro|il punto debole|una delusione). ; Capitolo corriere: lasciamo perdere. ; Il corriere (non ha suonato|non ha telefonato|ha lasciato il pacco in strada).
delivery =: La consegna è andata (abbastanza bene|così così). ; Imballo un po' (rovinato|schiacciato), contenuto integro.
delivery +: Consegna (puntuale|perfetta|impeccabile). ; Il corriere è stato (gentile|puntuale|bravissimo). ; Imballo (curato|a prova di tutto).
delivery expectations -: Doveva arrivare (lunedì|martedì|mercoledì|giovedì) ed è arrivato (dopo tre giorni|la settimana dopo|sabato). ; Promessa la consegna in (tre|quattro|cinque) giorni, ne sono passati (otto|dieci|dodici). ; (Pacco|Bici|Ordine) in ritardo e nessun avviso. ; Data di consegna spostata (due|tre) volte.
delivery expectations +: Arrivato (un giorno prima|in anticipo|nel giorno promesso). ; Consegna (esattamente|proprio) nel giorno indicato.
delivery time_effort -: Ho preso (un giorno|mezza giornata) di ferie per aspettare un corriere mai arrivato. ; Il tracciamento (non si aggiorna|è fermo da giorni). ; Sono dovuto andare io al deposito (a trenta chilometri|dall'altra parte della città).
delivery time_effort +: Tracciamento chiaro e (fascia oraria rispettata|avviso mezz'ora prima).
delivery integrity -: Risulta consegnato (ieri|tre giorni fa) ma a casa non c'è nulla. ; Dicono che ero assente: (falso|non è vero), ero a casa tutto il giorno.
delivery resolution -: Pacco (danneggiato|aperto|smarrito) e il corriere dà la colpa al magazzino. ; Nessuno sa dirmi dove sia il mio (ordine|pacco|telaio).
delivery empathy -: Corriere (maleducato|sgarbato|frettoloso): ha mollato lo scatolone sul marciapiede.

billing -: La fattura è (sbagliata|incomprensibile|da rifare). ; Amministrazione da rivedere.
billing =: Fattura corretta ma (arrivata tardi|poco leggibile).
billing +: Fattura (chiara|arrivata subito|corretta al centesimo). ; Pagamento (semplice|sicuro|senza problemi).
billing integrity -: Mi hanno addebitato (due volte|un importo diverso|un servizio mai chiesto). ; Il totale in fattura (non torna|è più alto) rispetto all'ordine. ; IVA (calcolata male|sbagliata) e nessuna spiegazione.
billing expectations -: Prezzo in fattura diverso da quello (pattuito|del sito|promesso). ; Lo sconto promesso in fattura non c'è.
billing time_effort -: (Tre|Quattro) telefonate per avere una fattura giusta. ; Per correggere la partita IVA ci vogliono settimane.
billing resolution -: Aspetto la nota di credito da (un mese|venti giorni). ; La fattura corretta è sbagliata anche quella.
billing integrity +: Conto (trasparente|chiaro), nessuna sorpresa. ; Si sono accorti loro di un errore e mi hanno rimborsato.

care -: Assistenza (pessima|assente|inutile). ; Il servizio clienti (non risponde|è un muro di gomma).
care =: Assistenza (discreta|nella media). ; Il servizio clienti risponde, ma (lentamente|non sempre).
care +: Assistenza (eccellente|davvero umana|rapidissima). ; Servizio clienti (da dieci|come non se ne trovano più).
care personalisation -: Ogni volta devo raccontare tutto (da capo|da zero). ; Mi chiedono il numero d'ordine che hanno già davanti.
care time_effort -: (Venti|Trenta|Quaranta) minuti di musichetta per parlare con qualcuno. ; Ho chiamato (tre|quattro|cinque) volte per la stessa cosa.
care resolution -: Tre operatori, tre risposte diverse. ; Il ticket risulta chiuso ma il problema (resta|è lì). ; Mi avevano promesso di richiamare: sto ancora aspettando.
care empathy -: L'operatore leggeva (un copione|la risposta). ; Mi hanno chiuso il telefono in faccia.
care resolution +: (Elisa|Marco|Sara|Luca) ha risolto tutto in una telefonata. ; Alla prima chiamata, problema (sparito|chiuso).
care empathy +: L'operatrice è stata (paziente|gentilissima|un angelo). ; Finalmente qualcuno che ascolta.

return -: Il reso è (un'odissea|un incubo).
return -: Rimborso mai (arrivato|visto).
return =: Reso fatto, rimborso (lento|dopo venti giorni).
return +: Reso (facile|gratuito|senza domande). ; Rimborso (in tre giorni|rapidissimo).
return time_effort -: Etichetta, modulo, fotografie: per rendere (un casco|una giacca) ci vuole una laurea.
return resolution -: Pacco reso (un mese fa|tre settimane fa), soldi mai tornati.

workshop -: L'officina (mi ha deluso|lavora male|è sempre piena). ; Il tagliando è stato fatto (di fretta|a metà).
workshop =: Lavoro (discreto|fatto), officina (affollata|un po' cara).
workshop +: Officina (seria|competente|da consigliare). ; La bici (è tornata come nuova|va che è un piacere|frena benissimo).
workshop time_effort -: (Dieci|Quindici|Venti) giorni per cambiare (una catena|i freni|una ruota). ; Primo posto libero fra (tre|quattro) settimane.
workshop resolution -: Ritirata la bici, (stesso rumore|stesso difetto|motore ancora fermo). ; È la (seconda|terza) volta che la porto per lo stesso guasto.
workshop resolution +: Il meccanico ha trovato il guasto (al volo|in cinque minuti). ; Il tecnico è venuto (in sede|a casa) e ha risolto.
workshop integrity -: Preventivo (sessanta|ottanta) euro, conto (centoventi|centocinquanta). ; Mi hanno cambiato pezzi che andavano bene.
workshop integrity +: Mi hanno mostrato i pezzi vecchi e spiegato (tutto|il conto).
workshop expectations -: Doveva essere pronta (venerdì|martedì), l'ho avuta (una settimana dopo|dopo sei giorni).

store -: Negozio (disordinato|con poco personale). ; In negozio (nessuno|un solo commesso) per dieci clienti.
store =: Negozio (bello|fornito), personale (indaffarato|un po' giovane).
store +: Negozio (bellissimo|fornito|accogliente). ; La prova su strada è stata (decisiva|divertentissima|convincente).
store personalisation +: Mi hanno regolato (la sella|il manubrio) e trovato la taglia (giusta|perfetta). ; Hanno capito (subito|al volo) che tipo di ciclista sono.
store empathy +: Il commesso mi ha dedicato (un'ora|tutto il tempo necessario).
store expectations -: La bici in vetrina non era disponibile (in nessuna taglia|prima di due mesi).
store time_effort -: (Quaranta minuti|Un'ora) di attesa per una prova.

shop -: Il sito (si blocca|è confuso|è lento). ; Trovare (un ricambio|la taglia|una batteria) sul sito è un'impresa.
shop =: Sito (carino|ordinato), ma la ricerca (lascia a desiderare|trova poco).
shop +: Sito (chiaro|ben fatto|veloce). ; Schede prodotto (complete|precise|con tutte le misure).
shop time_effort -: (Tre|Quattro) tentativi per pagare. ; Il carrello si svuota da solo. ; Mi fa rifare l'accesso ogni volta.
shop time_effort +: Ordine fatto in (tre|cinque) minuti (dal telefono|dal divano|in pausa pranzo).
shop expectations -: Segnato disponibile, poi (annullato|rimandato di un mese). ; Le foto non corrispondono (al colore|al modello).
shop integrity -: Le spese di spedizione compaiono solo (alla fine|in cassa).

app -: L'app (si chiude da sola|è lenta|non trova la bici).
app -: L'app non si collega (alla batteria|al display).
app =: App (utile|carina), ma (consuma batteria|qualche errore c'è).
app +: L'app (è comodissima|funziona benissimo|mi piace molto). ; Con l'app tengo d'occhio (la batteria|la manutenzione|i percorsi).
app time_effort -: Per prenotare dall'app ci vogliono (venti|dieci) schermate. ; Ogni aggiornamento mi (scollega|fa rifare tutto).
app time_effort +: Da quando è uscita la nuova app è tutto (più semplice|più rapido|un altro mondo). ; Nuova app: (due|tre) tocchi e il tagliando è prenotato. ; Adesso dall'app si fa tutto in un minuto.
app expectations +: La nuova versione dell'app mantiene quello che promette.

fleet -: Per la flotta serve un referente vero. ; Preventivo (arrivato tardi|poco chiaro).
fleet =: Preventivo (nella media|corretto), tempi (lunghi|migliorabili).
fleet +: Preventivo (chiaro|rapido) e referente (preparato|sempre presente). ; I nostri ospiti adorano le bici.
fleet expectations -: Dieci bici ordinate per (Pasqua|l'estate), otto arrivate.
fleet personalisation +: Hanno capito le esigenze di un (albergo|agriturismo|servizio di consegne).

company -: Ultimamente (siete peggiorati|qualcosa si è rotto). ; Una volta eravate (meglio|un'altra cosa).
company =: Azienda (valida|seria), con (margini|qualche pecca).
company +: Officina Blu è (una garanzia|la mia officina di fiducia|una bella realtà). ; Si vede la passione.

question: Buongiorno, avrei bisogno di (aiuto|informazioni|assistenza). ; Salve, ho un problema e non so (a chi rivolgermi|come fare).
question delivery: Buongiorno, (dov'è il mio ordine|quando arriva il pacco)? Doveva essere qui (lunedì|ieri|tre giorni fa). ; Il corriere segna consegnato ma (non ho ricevuto nulla|a casa non c'è niente). ; Pacco arrivato (danneggiato|aperto|incompleto), allego (le foto|una foto). ; Il tracciamento è fermo da (due|quattro|cinque) giorni.
question billing: La fattura ha un importo (sbagliato|diverso dall'ordine), potete (correggerla|rifarla)? ; Mi risulta un doppio addebito sulla carta. ; Manca la partita IVA in fattura. ; In fattura non vedo lo sconto (promesso|del dieci per cento).
question workshop: Il motore (si spegne in salita|fa un rumore strano|non parte). ; La batteria (si scarica in mezz'ora|non carica più|segna sempre il cinquanta per cento). ; I freni (fischiano|non frenano bene) dopo il tagliando.
question store: Come si (monta il seggiolino|regola la sella|aggiorna il display)? ; Che taglia mi consigliate, sono alto un metro e (sessanta|settanta|ottanta)? ; Ogni quanto va fatto il tagliando?
question app: L'app non (si apre|trova la bici|mi fa accedere). ; Non ricevo la mail per cambiare la password. ; Dopo l'aggiornamento l'app (si chiude|ha perso i miei percorsi).
question return: Vorrei rendere (il casco|la giacca|la borsa): come faccio? ; Il rimborso (non è arrivato|quando arriva)? Il reso è partito (dieci giorni|tre settimane) fa.
question fleet: Due bici della flotta sono ferme, quando può venire il tecnico? ; Ci servono (tre|cinque) batterie di ricambio per (venerdì|la settimana prossima). ; Possiamo spostare la visita del tecnico a (martedì|giovedì)?
"""
