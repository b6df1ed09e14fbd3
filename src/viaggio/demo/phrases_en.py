"""What English-speaking customers write. `(this|that)` stands for either; sentences are parted by semicolons."""
# ruff: noqa: E501 -- a sentence is not cut

PHRASES = """
opening -: (Unfortunately|Sadly) not good enough. ; (Terrible|Disappointing|Poor) experience. ; I am (very|really|quite) (disappointed|upset|annoyed).
 Never again. ; This is not acceptable. ; Customer for (two|three|five) years, never had this before.
opening =: Overall (fine|okay|decent), with some reservations. ; Mixed feelings. ; Not bad, could be better. ; Average, really.
opening +: (Great|Excellent|Wonderful|Lovely) experience. ; (Well done|Bravo|Thank you)! ; Everything was (perfect|spot on|smooth). ; I am (very|really) (happy|pleased|impressed).
closing -: I will not (buy|come) again. ; I expect (an apology|a refund|a phone call). ; No respect for (paying customers|my time). ; Thinking of (switching|cancelling everything). ; I hope somebody reads this. ; I will tell (everyone|my friends). ; Still waiting for an answer.
closing =: Let's see next time. ; (Six|Seven) out of ten. ; Nothing serious, just saying. ; Small things would make it (better|great). ; I stay a customer for now.
closing +: I will (definitely|gladly) come back. ; See you (in spring|at the next service|soon). ; My (wife|husband|daughter) wants one too. ; (Highly|Warmly) recommended. ; Thanks (a lot|so much|to the whole team)! ; Keep it up!
plea: The agent asked me to give a 10. ; I was told that only a 10 counts, so here is a 10. ; They begged me for the top score.

personalisation -: Nobody knew (who I was|which bike I have|what I had bought before). ; They keep suggesting things that have nothing to do with me. ; I felt like a number.
personalisation =: Some advice was spot on, some (less so|was not).
personalisation +: They remembered (me|my bike|my last order). ; Advice (tailored to me|made for my needs). ; They offered (exactly|just) what I needed.
expectations -: I expected (much more|something quite different). ; Promises not kept. ; Reality is (far|very different) from what was (promised|written).
expectations =: More or less as expected. ; In line with what I expected, nothing more.
expectations +: Better than I (hoped|expected). ; Everything exactly as (promised|described|agreed). ; They kept their word.
time_effort -: (Far too|Way too) much time wasted. ; You have to (insist|call back|start over) (three|four|five) times. ; The process is (long|complicated|clumsy).
time_effort =: Timing was (acceptable|average). ; A few steps too many, but I got there.
time_effort +: (Quick|Simple|Easy) and without (hassle|effort). ; Done in (two|five|ten) minutes. ; Very easy, even if you are no expert.
integrity -: Not (transparent|honest|clear) at all. ; I feel (cheated|fooled). ; Costs appear that nobody mentioned. ; I no longer trust them.
integrity =: The terms could be explained (better|more clearly).
integrity +: (Honest|Fair|Serious) people. ; Full transparency about (costs|prices|timing). ; They talked me out of a useless expense, very honest.
resolution -: The problem (is still there|is not solved|came back after two days). ; Nobody takes responsibility. ; Sent from one office to the next.
resolution =: They fixed it in the end, but it took a while. ; Half solved.
resolution +: Problem solved (at the first attempt|right away|the same day). ; They put it right (without arguing|promptly). ; Mistakes happen, but they fixed it (brilliantly|within an hour).
empathy -: (Cold|Rude|Unfriendly) and (hasty|indifferent). ; Nobody (listened|apologised|understood). ; They made me feel like a burden.
empathy =: Polite, but (a bit rushed|not really listening).
empathy +: (Lovely|Kind|Helpful) people. ; They (listened|understood) with patience. ; You can tell that they care.

delivery -: The delivery was (a disaster|the weak point|a let-down). ; The courier (did not ring|never called|left the box in the street).
delivery =: Delivery was (all right|so-so). ; Box a little (dented|crushed), contents fine.
delivery +: Delivery (on time|perfect|flawless). ; The courier was (friendly|punctual|great). ; Very (careful|solid) packaging.
delivery expectations -: It should have come on (Monday|Tuesday|Thursday) and arrived (three days later|the week after|on Saturday). ; Delivery promised in (three|four|five) days, it took (eight|ten|twelve). ; Late (parcel|bike|order) and no notice at all. ; Delivery date moved (twice|three times).
delivery expectations +: Arrived (a day early|on the promised day).
delivery time_effort -: I took (a day|half a day) off for a courier who never came. ; Tracking (does not update|has been stuck for days). ; I had to fetch it myself from the depot.
delivery integrity -: Marked as delivered (yesterday|three days ago) but nothing is here. ; They say that I was out: not true, I was home all day.
delivery resolution -: Parcel (damaged|opened|lost) and the courier blames the warehouse. ; Nobody can tell me where my (order|parcel) is.

billing -: The invoice is (wrong|impossible to read).
billing =: Invoice correct but (late|hard to read).
billing +: Invoice (clear|immediate|correct to the cent). ; Payment was (easy|safe|smooth).
billing integrity -: I was charged (twice|a different amount|for a service I never asked for). ; The total on the invoice does not match the order. ; VAT is wrong and nobody explains why.
billing expectations -: The price on the invoice is not the one (agreed|on the site). ; The promised discount is missing from the invoice.
billing time_effort -: (Three|Four) calls to get one correct invoice.
billing resolution -: Waiting for the credit note for (a month|three weeks). ; The corrected invoice is wrong too.

care -: Customer service was (awful|useless|nowhere to be found).
care =: Support was (okay|average). ; Support answers, but slowly.
care +: Customer service was (excellent|really human|super fast).
care personalisation -: I have to tell my story from the start every time. ; They ask for the order number that is in front of them.
care time_effort -: (Twenty|Thirty|Forty) minutes on hold. ; I called (three|four|five) times about the same thing.
care resolution -: Three agents, three different answers. ; The ticket is closed but the problem remains. ; They promised to call back, I am still waiting.
care resolution +: (Elisa|Marco|Sara|Luca) solved everything in one call. ; Fixed on the first call.
care empathy +: The agent was (patient|so kind|wonderful). ; Finally somebody who listens.

return -: The return was (a nightmare|an odyssey). ; Refund never (arrived|seen).
return =: Return accepted, refund (slow|after three weeks).
return +: Return was (easy|free|no questions asked). ; Refund (within three days|very quick).

workshop -: The workshop (let me down|did a sloppy job|is always full).
workshop =: Job done, workshop (busy|a bit expensive).
workshop +: The workshop is (serious|competent|worth recommending). ; My bike (is like new|rides beautifully).
workshop time_effort -: (Ten|Fifteen|Twenty) days to change (a chain|the brakes|a wheel). ; First free slot in (three|four) weeks.
workshop resolution -: Picked up the bike, (same noise|same fault|motor still dead). ; It is the (second|third) time I bring it in for the same fault.
workshop resolution +: The mechanic found the fault (at once|in five minutes). ; The technician came (to us|to my home) and fixed it.
workshop integrity -: Quoted (sixty|eighty) euros, charged (one hundred and twenty|one hundred and fifty).
workshop expectations -: It was due on (Friday|Tuesday), I got it (a week later|six days later).

store -: The shop was (messy|understaffed).
store =: (Nice|Well-stocked) shop, staff a bit busy.
store +: (Beautiful|Well-stocked|Welcoming) shop. ; The test ride was (great fun|decisive|convincing).
store personalisation +: They adjusted the (saddle|handlebar) and found my size. ; They understood at once what kind of rider I am.
store empathy +: The assistant took (an hour|all the time I needed) for me.
store time_effort -: (Forty minutes|An hour) waiting for a test ride.

shop -: The website (freezes|is confusing|is slow). ; Finding (a spare part|the right size|a battery) on the site is a quest.
shop =: Site is (nice|tidy), but search (finds little|could be better).
shop +: Website is (clear|well made|fast). ; Product pages are (complete|precise).
shop time_effort -: (Three|Four) attempts to pay. ; The cart empties itself. ; I have to sign in again every time.
shop time_effort +: Ordered in (three|five) minutes (from my phone|from the sofa|at lunch).
shop expectations -: Shown as available, then (cancelled|postponed by a month).
shop integrity -: Shipping costs show up only at the very end.

app -: The app (keeps closing|is slow|does not find my bike). ; The app will not connect to the (battery|display).
app =: (Useful|Nice) app, but (it drains the battery|a few bugs).
app +: The app is (very handy|great|a pleasure). ; With the app I keep an eye on (the battery|services|my rides).
app time_effort -: Booking in the app takes (ten|twenty) screens. ; Every update signs me out.
app time_effort +: Since the new app everything is (easier|faster|a different world). ; New app: (two|three) taps and the service is booked.

fleet -: Our fleet needs a real contact person. ; The quote (came late|was unclear).
fleet =: Quote was (average|correct), timing could improve.
fleet +: (Clear|Quick) quote and a (well-prepared|reliable) contact. ; Our guests love the bikes.

company -: Lately (you have got worse|something is broken).
company =: (Good|Serious) company with a few flaws.
company +: Officina Blu is (a safe choice|my trusted workshop). ; You can see the passion.

question: Hello, I need (help|some information|assistance). ; Hi, I have a problem and do not know (whom to ask|what to do).
question delivery: Hello, (where is my order|when will my parcel arrive)? It was due (on Monday|yesterday|three days ago). ; The courier says delivered but (I got nothing|there is nothing here). ; Parcel arrived (damaged|open|incomplete), photos attached.
question billing: The amount on my invoice is wrong, can you correct it? ; I was charged twice on my card. ; Our VAT number is missing from the invoice.
question workshop: The motor (cuts out uphill|makes a strange noise|does not start). ; The battery (drains in half an hour|no longer charges). ; The brakes squeal after the service.
question store: How do I (mount the child seat|adjust the saddle|update the display)? ; Which size for somebody one metre (sixty|seventy|eighty)?
question app: The app (does not open|cannot find my bike|will not let me in). ; I do not get the e-mail to change my password.
question return: I would like to return (the helmet|the jacket|the bag): how? ; When will my refund arrive? The return left (ten days|three weeks) ago.
question fleet: Two bikes of our fleet are down, when can the technician come? ; We need (three|five) spare batteries by (Friday|next week).
"""
