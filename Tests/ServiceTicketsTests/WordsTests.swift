import Testing

@testable import ServiceTickets

@Suite struct TicketWordsTests {
    private func check<Name: Labelled>(_: Name.Type) {
        for name in Name.allCases {
            let (en, zh) = name.texts
            #expect(!en.isEmpty && en.utf8.allSatisfy { $0 < 128 }, "\(name)")
            #expect(zh.unicodeScalars.contains { $0.value > 0x3000 }, "\(name)")
        }
    }

    @Test("everything that is shown has words in both languages") func labels() {
        check(TicketState.self)
        check(Role.self)
        check(HoldReason.self)
        check(CancelReason.self)
        check(TransferReason.self)
        check(Disposition.self)
        check(ContactOutcome.self)
        check(CheckResult.self)
        check(Payer.self)
        check(PartState.self)
        check(PartsPromise.self)
        check(TicketSource.self)
        check(SurveyAnswer.self)
        check(SurveyReason.self)
        check(ServiceClock.self)
        check(Ticket.Proof.self)
        check(TicketEvent.Notice.self)
        check(TicketStep.self)
        check(TicketField.self)
        check(TicketEffect.self)
        for level in EscalationLevel.allCases {
            #expect(level.recipient.zh.unicodeScalars.contains { $0.value > 0x3000 })
        }
    }

    @Test("every refusal is a sentence in both languages") func refusals() {
        for reason in Refusal.Reason.allCases {
            let refusal = Refusal(
                reason, step: .triage, fields: [.severity, .wakeAt], state: .open,
                roles: [.technician], ticket: 12, detail: "x")
            let english = refusal.text(false)
            #expect(english.utf8.allSatisfy { $0 < 128 } && english.contains(" "), "\(reason)")
            #expect(
                refusal.text(true).unicodeScalars.contains { $0.value > 0x3000 }, "\(reason)")
            #expect(Refusal(json: refusal.json) == refusal, "\(reason)")
        }
    }

    @Test("every choice of every field has words or is a code") func choices() {
        for step in TicketStep.allCases {
            for field in step.required + step.optional {
                guard case .choice(let names) = field.form(in: step) else { continue }
                for name in names where field != .severity && field != .advice && name != "yes" {
                    #expect(
                        field.choiceText(name, in: step, true).unicodeScalars
                            .contains { $0.value > 0x3000 }, "\(step) \(field) \(name)")
                }
            }
        }
    }

    @Test("texts come back as they were written") func flatJSON() {
        for text in ["", "a\"b\\c", "刹车片 5 mm\n\u{1}", "😀"] {
            let fields = Fields([(.notes, text), (.cause, "x")])
            #expect(Fields(json: fields.json) == fields)
        }
        #expect(
            FlatJSON.pairs(#"{"a":1.5,"b":true,"c":"\u00e9\ud83d\ude00"}"#)?.map(\.1)
                == ["1.5", "true", "é😀"])
        for text in ["", "{", "{\"a\"}", "{\"a\":}", "{\"a\":[1]}", "{\"a\":\"\\q\"}", "{} x"] {
            #expect(FlatJSON.pairs(text) == nil, "\(text)")
        }
    }

    @Test("what is read in passing is what is read with care, or left to care")
    func plainJSON() throws {
        var random = SeededRandom(11)
        let texts = ["", "fitted", "刹车片", "a b", "14411-TC", "a\"b", "c\\d", "\n"]
        for _ in 0..<500 {
            let pairs = (0..<random.below(5)).map { ("f\($0)", random.one(of: texts)) }
            let json = FlatJSON.text(pairs)
            let bytes = Array(json.utf8)
            var found: [[String]] = []
            let isPlain = FlatJSON.forEachPlain(in: bytes.span) { name, value in
                found.append([name, value].map { String(decoding: bytes[$0], as: UTF8.self) })
            }
            #expect(isPlain == !json.contains("\\"), "\(json)")
            if isPlain { #expect(found == pairs.map { [$0.0, $0.1] }, "\(json)") }
        }
        for text in ["", "{", "{\"a\"}", "{\"a\":1}", "{\"a\":\"b\",}", "{} ", "[\"a\"]"] {
            #expect(!FlatJSON.forEachPlain(in: Array(text.utf8).span) { _, _ in }, "\(text)")
        }
    }
}
