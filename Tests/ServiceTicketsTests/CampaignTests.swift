import Testing
import VehicleFaults

@testable import ServiceTickets

/// A fleet whose vehicles speak every day, with a lot of parts that may be bad.
private struct LotFleet {
    var names: [String] = []
    /// The roster's row of each vehicle.
    var rows: [[String: String]] = []
    /// The day on which each vehicle has the fault; `nil` for never.
    var fails: [Int?] = []
    var days = 20

    /// - Parameters:
    ///   - chance: of having the fault within the days, by lot.
    ///   - isShuffled: whether rows are dealt to the vehicles anew, after it was settled who fails.
    init(seed: UInt64, vehicles: Int = 200, isShuffled: Bool = false, chance: (Int) -> Double) {
        var random = SeededRandom(seed)
        for number in 0..<vehicles {
            let lot = number / 20
            names.append("CAR-\(1000 + number)")
            rows.append([
                "model": "J6", "lot": "L-\(lot)", "supplier": lot < 5 ? "Huaxin" : "Norra",
                "region": "R\(random.below(4))", "plate_ref": "\(number)",
            ])
            let isHit = Double(random.below(10_000)) < 10_000 * chance(lot)
            fails.append(isHit ? 2 + random.below(days - 2) : nil)
        }
        guard isShuffled else { return }
        for place in (1..<vehicles).reversed() { rows.swapAt(place, random.below(place + 1)) }
    }

    func roster() throws -> VehicleRoster {
        var roster = VehicleRoster()
        for (name, row) in zip(names, rows) {
            roster[try #require(VehicleID(name))] = VehicleAttributes(row)
        }
        return roster
    }

    static let faults = [
        "misfire": KnownFault(
            name: ("Misfire", "失火"), severity: .s1, component: "coil", skill: "ENG"),
        "leak": KnownFault(name: ("Leak", "泄漏"), severity: .s3, component: "seal", skill: "ENG"),
    ]

    /// Lives through the days; every vehicle that `speaks` is heard on each of them.
    ///
    /// - Parameter isStored: whether the book is stored and read again each night.
    func live(
        in garage: inout Garage, isStored: Bool = false,
        speaks: (_ vehicle: Int, _ day: Int) -> Bool = { _, _ in true }
    ) throws -> [TicketNote] {
        let first = garage.now.milliseconds / day
        var stored: [MemoryRow.Kind: [String: String]] = [:]
        var notes: [TicketNote] = []
        garage.book.classes = VehicleClasses(try roster())
        for number in 0...days {
            garage.now = EventTime(milliseconds: (first + Int64(number)) * day)
            notes += garage.book.endCaseEpoch(
                at: garage.now, faults: Self.faults, target: 0.05)
            if isStored {
                for row in garage.book.takeMemory() {
                    stored[row.kind, default: [:]][row.key] = row.value
                }
                let rows = stored.flatMap { kind, rows in
                    rows.map { MemoryRow(kind: kind, key: $0.key, value: $0.value) }
                }
                let live = (1..<garage.book.nextNumber).compactMap { garage.book[$0] }
                garage.book = TicketBook(
                    open: live, nextNumber: garage.book.nextNumber, policy: garage.book.policy,
                    memory: rows)
                garage.book.classes = VehicleClasses(try roster())
            }
            garage.now = garage.now.advanced(by: hour)
            for (vehicle, name) in names.enumerated() where speaks(vehicle, number) {
                garage.book.heard(try #require(VehicleID(name)))
                if fails[vehicle] == number { _ = try garage.find(on: name) }
            }
        }
        return notes
    }
}

@Suite struct CampaignTests {
    private static func bad(_ lot: Int) -> Double { lot == 3 ? 0.7 : 0.03 }

    @Test("a bad lot becomes one ticket that names it, whatever the seed") func planted() throws {
        for seed in UInt64(1)...6 {
            var garage = Garage()
            let fleet = LotFleet(seed: seed, chance: Self.bad)
            let notes = try fleet.live(in: &garage)
            let opened = notes.filter { $0.event.kind == .step(.open) }
            #expect(opened.count == 1, "seed \(seed)")
            let note = try #require(opened.first)
            #expect(note.event.fields[.attribute] == "lot=L-3", "seed \(seed)")
            let cases = try #require(note.event.fields[.cases].flatMap { Int($0) })
            let healthy = try #require(note.event.fields[.healthy].flatMap { Int($0) })
            #expect(cases + healthy == 20, "seed \(seed)")
            let expected = try #require(note.event.fields[.expected].flatMap { Double($0) })
            #expect(Double(cases) > 3 * expected, "seed \(seed)")
            let qValue = try #require(note.event.fields[.qValue].flatMap { Double($0) })
            #expect(qValue > 0 && qValue <= 0.05, "seed \(seed)")
            #expect(note.ticket.isCampaign && note.ticket.source == .campaign)
            #expect(note.ticket.name.en == "Recall candidate, for review: Misfire (lot=L-3)")
            #expect(note.ticket.name.zh == "召回候选，待评审：失火（lot=L-3）")
            #expect(note.ticket.severity == .s2)
        }
    }

    @Test("what explains a fault nearly as well is told with figures of its own") func others()
        throws
    {
        for seed in UInt64(1)...6 {
            var garage = Garage()
            var fleet = LotFleet(seed: seed, chance: Self.bad)
            for vehicle in fleet.rows.indices {
                // One vehicle more than the lot; a semicolon does not part the value.
                fleet.rows[vehicle]["plant"] = (60...80).contains(vehicle) ? "Ji; Nan" : "Wuhan"
            }
            let notes = try fleet.live(in: &garage)
            let note = try #require(notes.first, "seed \(seed)")
            let found = note.event.fields.explanations
            #expect(Set(found.map(\.trait.text)) == ["lot=L-3", "plant=Ji; Nan"], "seed \(seed)")
            for one in found {
                let size = one.trait.attribute == "lot" ? 20 : 21
                let cases = try #require(one.cases)
                #expect(cases + (one.healthy ?? 0) == size, "seed \(seed)")
                #expect(3 * (one.expected ?? 100) < Double(cases), "seed \(seed)")
                let qValue = try #require(one.qValue)
                #expect(qValue > 0 && qValue <= 0.05, "seed \(seed)")
            }
        }
    }

    @Test("an explanation is read as it was told, and older ones without figures")
    func explanations() {
        let list = [
            FaultExplanation(
                trait: VehicleTrait(attribute: "lot", value: "a=b; c"), cases: 9, expected: 2.5,
                healthy: 4, qValue: 0.0012),
            FaultExplanation(
                trait: VehicleTrait(attribute: "supplier", value: "X; Y; Z"), cases: 8,
                expected: 3, healthy: 5, qValue: 0.04),
            FaultExplanation(trait: VehicleTrait(attribute: "week", value: "")),
            FaultExplanation(
                trait: VehicleTrait(attribute: "region", value: "N"), cases: 7, expected: 3.25,
                healthy: 60, qValue: 0.047),
        ]
        for count in 1...list.count {
            let some = Array(list[..<count])
            #expect(Fields(FaultExplanation.fields(some)).explanations == some, "\(count)")
        }
        #expect(Fields().explanations.isEmpty)
        let old = Fields([
            (.attribute, "lot=1"), (.cases, "4"), (.also, "week=2; region=S"), (.qValue, "0.01"),
        ])
        #expect(old.explanations.map(\.trait.text) == ["lot=1", "week=2", "region=S"])
        #expect(old.explanations.map(\.qValue) == [0.01, nil, nil])
    }

    @Test("the same failures among shuffled lots are explained by nothing") func shuffled() throws {
        var found = 0
        for seed in UInt64(1)...20 {
            var garage = Garage()
            let fleet = LotFleet(seed: seed, isShuffled: true, chance: Self.bad)
            found += try fleet.live(in: &garage).count
        }
        // One fleet in twenty may be wrong at most; more than three of twenty come once in sixty times.
        #expect(found <= 3)
    }

    @Test("the more there is that could explain a fault, the more cases are asked for")
    func attributes() throws {
        func cases(_ columns: Int) throws -> Int {
            var total = 0
            for seed in UInt64(1)...6 {
                var garage = Garage()
                var fleet = LotFleet(seed: seed, chance: Self.bad)
                for number in fleet.rows.indices {
                    for column in 0..<columns {
                        // Five vehicles share a value, each of them from another lot.
                        fleet.rows[number]["column\(column)"] = "\((2 * column + 3) * number % 40)"
                    }
                }
                let opened = try fleet.live(in: &garage).filter {
                    $0.event.fields[.attribute] == "lot=L-3"
                }
                let note = try #require(opened.first, "\(columns) columns, seed \(seed)")
                total += try #require(note.event.fields[.cases].flatMap { Int($0) })
            }
            return total
        }
        let (few, many) = (try cases(0), try cases(6))
        #expect(many > few + 3, "\(few) and \(many)")
    }

    @Test("a lot is not blamed because vehicles of other lots are seldom heard") func silent()
        throws
    {
        for seed in UInt64(1)...6 {
            var garage = Garage()
            let fleet = LotFleet(seed: seed, chance: { _ in 0.3 })
            let notes = try fleet.live(in: &garage) { vehicle, _ in
                vehicle / 20 < 2 || vehicle % 20 == 0
            }
            #expect(notes.isEmpty, "seed \(seed)")
        }
    }

    @Test("a lot is not blamed for the model that all its vehicles are") func cohorts() throws {
        for seed in UInt64(1)...6 {
            var garage = Garage()
            var fleet = LotFleet(seed: seed, chance: { $0 < 2 ? 0.7 : 0.03 })
            for vehicle in 0..<40 { fleet.rows[vehicle]["model"] = "J7" }
            let notes = try fleet.live(in: &garage)
            #expect(notes.isEmpty, "seed \(seed)")
        }
    }

    @Test("what is counted survives a restart every night") func restarts() throws {
        var (whole, cut) = (Garage(), Garage())
        let fleet = LotFleet(seed: 4, chance: Self.bad)
        let notes = try fleet.live(in: &whole)
        #expect(!notes.isEmpty)
        #expect(try fleet.live(in: &cut, isStored: true).map(\.event) == notes.map(\.event))
    }

    @Test("what was found once is not told again after the ticket is closed") func once() throws {
        var garage = Garage()
        var fleet = LotFleet(seed: 2, chance: Self.bad)
        let opened = try #require(try fleet.live(in: &garage).first?.event.ticket)
        try garage.act("ack", opened, by: .customerService)
        try garage.act(
            "triage", opened, by: .engineer,
            [(.severity, "S3"), (.advice, "A3"), (.component, "coil")])
        try garage.act(
            "close", opened, by: .engineer,
            [
                (.complaint, "misfires"), (.cause, "porous winding"),
                (.correction, "lot is called in"), (.disposition, "confirmed_as_predicted"),
            ])
        #expect(try garage.ticket(opened).state == .closed)
        // The rest of the lot fails too.
        fleet.fails = fleet.fails.enumerated().map { vehicle, failed in
            vehicle / 20 == 3 && failed == nil ? 5 : nil
        }
        let later = try fleet.live(in: &garage)
        #expect(!later.contains { $0.event.fields[.attribute] == "lot=L-3" })
    }

    @Test("a campaign has no clock of a workshop, and a vehicle's ticket is not closed like one")
    func clocks() throws {
        var garage = Garage()
        let fleet = LotFleet(seed: 3, chance: Self.bad)
        let opened = try #require(try fleet.live(in: &garage).first?.event.ticket)
        let ticket = try garage.ticket(opened)
        let running = ticket.clocks(garage.book.policy, at: garage.now).map(\.clock)
        #expect(running == [.response, .decision])
        try garage.act("ack", 1, by: .customerService)
        try garage.act(
            "triage", 1, by: .engineer, [(.severity, "S3"), (.advice, "A3"), (.component, "coil")])
        #expect(try garage.refusal("close", 1, by: .engineer)?.reason == .wrongState)
    }

    @Test("an attribute that names each vehicle apart, or all of them alike, is no suspect")
    func suspects() throws {
        var fleet = LotFleet(seed: 1, chance: Self.bad)
        for vehicle in fleet.rows.indices { fleet.rows[vehicle]["depot"] = "north" }
        // Ten lots, two suppliers and four regions.
        #expect(VehicleClasses(try fleet.roster()).count == 16)
        #expect(VehicleClasses().isEmpty)
    }
}
